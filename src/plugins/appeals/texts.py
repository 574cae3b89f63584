"""What the appeal commands say."""

NO_CASE = "没有找到您可以申诉的案件。发送 我的记录 可以看到编号。"
NO_CASE_NUMBERED = "没有编号为 #{number} 的案件。发送 我的记录 可以看到您的编号。"
SAY_WHICH = "请写上案件编号，例如：申诉 {item} 理由"
NO_REASON = "请写上理由，例如：申诉 {number} 我发的是班级通知"
TOO_LATE = (
    "按群规，申诉要在处理后 {length}内提出；案件 #{number} 的申诉时间到 {until} 为止，现在已经过了。\n"
    "如果有新的情况，请直接和班主任说，老师仍然可以撤销或减轻。"
)
RECEIVED = "已收到您的申诉（#{number}），会由没有参与处理的老师复核，结果会告诉您。"
OPEN_ALREADY = "这个案件的申诉正在复核，请等结果。"
NONE_OPEN = "没有等您复核的申诉。"
OPEN = "等待复核："
OPEN_LINE = "{number} 案件 #{case}（{who}）：{reason}"
HOW = "复核：复核 编号 维持（或 减轻、撤销）理由"
NO_REQUEST = "没有编号为 #{number} 的申诉。"
DECIDED = "#{number} 已有结果：{state}。"
STATES = {"upheld": "维持", "reduced": "减轻", "revoked": "撤销", "closed": "已关闭"}
DONE = "#{number} 已复核：{state}。已告知本人。"
WHICH = "请写 维持、减轻 或 撤销，例如：复核 {number} 撤销 是误会"
