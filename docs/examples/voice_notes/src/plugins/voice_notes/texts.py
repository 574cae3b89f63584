"""What voice_notes says."""

CLAUSE = "群里只发文字；想说语音，请私聊。"
NOTHING = "没有语音"
FOUND = {"voice": "发了语音", "video": "发了视频"}
YES = "可以发语音。"
NO = "本群不发语音，想说的话请打字，或私聊。"
