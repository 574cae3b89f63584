"""What the audit log says to the operator."""

KEY_NOT_READ = "不能读取审计密钥 {path}：{error}。请检查权限。"
KEY_WRONG = "审计密钥 {path} 的内容不对（应当是 64 位十六进制）。请从备份中恢复这个文件。"
KEY_NOT_WRITTEN = "不能写入审计密钥 {path}：{error}。请检查文件夹和权限。"
KEY_MISSING = (
    "数据库里已经有审计记录，但密钥 {path} 不见了。请从备份中恢复这个文件；"
    "没有它，审计记录就不能核对，也不能接着写。"
)
