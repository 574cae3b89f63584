"""What mention says."""

CLAUSE = "对谁说话就 @ 谁，好让对方看到。"
NOTHING = "没有只叫名字、不 @ 的话"
FOUND = {
    "written": "写了 @，但没有真正 @ 到人",
    "called": "开头叫了人，没有 @",
}
ADVICE = "请用群里的 @ 选中对方，或回复对方那条消息，对方才会收到提醒。"
