// The line to the server: everything first, then what changes; it comes back by itself.

const LONGEST = 8000;

export class Live {
  #line = null;
  #wait = 500;
  #ref = 0;
  #asked = new Map();

  /** `hear` gets each change; `lost` is called when the line breaks. */
  constructor(hear, lost) {
    this.hear = hear;
    this.lost = lost;
    this.#open();
  }

  #open() {
    const line = new WebSocket(`ws://${location.host}/live`);
    this.#line = line;
    line.addEventListener("message", ({ data }) => {
      this.#wait = 500;
      const change = JSON.parse(data);
      if (change.type === "done" || change.type === "refused") {
        this.#asked.get(change.ref)?.(change);
        this.#asked.delete(change.ref);
      } else this.hear(change);
    });
    line.addEventListener("close", () => {
      for (const answer of this.#asked.values()) answer({ type: "refused", text: "连接断开了，请稍后再试。" });
      this.#asked.clear();
      this.lost();
      setTimeout(() => this.#open(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST);
    });
  }

  /** Ask the server to do something; the answer is `{type: "done"}` or `{type: "refused", text}`. */
  act(action) {
    if (this.#line.readyState !== WebSocket.OPEN) {
      return Promise.resolve({ type: "refused", text: "连接断开了，请稍后再试。" });
    }
    const ref = ++this.#ref;
    this.#line.send(JSON.stringify({ ...action, ref }));
    return new Promise((answer) => this.#asked.set(ref, answer));
  }
}
