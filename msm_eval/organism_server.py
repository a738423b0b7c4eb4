"""Model organisms over real HTTP, in the OpenAI chat dialect: the judge of a test is then asked as a real judge is.

server = serve(0)                                     # a free port
Thread(target=server.serve_forever, daemon=True).start()
# model "openai-api/organism/judge_right" with base_url f"http://127.0.0.1:{server.server_port}/v1"
"""

import json
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any

from pydantic import BaseModel, ValidationError

from msm_eval.errors import MsmEvalError
from msm_eval.organism import respond, uniform

_FINISH = {"max_tokens": "length"}


class _Message(BaseModel):
    role: str
    content: str | list[dict[str, Any]]

    @property
    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "".join(str(part.get("text", "")) for part in self.content)


class _Request(BaseModel):
    model: str
    messages: list[_Message]
    seed: int = 0
    rate: float = 0.5


def serve(port: int) -> ThreadingHTTPServer:
    """A server on 127.0.0.1, bound and not yet serving; port 0 takes a free one."""
    asked: Counter[str] = Counter()
    lock = Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.path != "/v1/chat/completions":
                self._send(404, {"error": {"message": f"{self.path}: there is only /v1/chat/completions."}})
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                request = _Request.model_validate_json(body)
                prompt = "\n\n".join(message.text for message in request.messages)
                with lock:
                    asked[prompt] += 1
                    epoch = asked[prompt]
                reply = respond(request.model, prompt, rate=request.rate, draw=uniform(request.seed, epoch, prompt))
            except (ValidationError, MsmEvalError) as error:
                self._send(400, {"error": {"message": str(error)}})
                return
            read, written = len(prompt) // 4, len(reply.text) // 4
            choice = {
                "index": 0,
                "message": {"role": "assistant", "content": reply.text},
                "finish_reason": _FINISH.get(reply.stop_reason, "stop"),
            }
            usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
            head = {"id": f"organism-{epoch}", "object": "chat.completion", "created": int(time.time())}
            self._send(200, {**head, "model": request.model, "choices": [choice], "usage": usage})

        def _send(self, status: int, data: dict[str, Any]) -> None:
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are not logged."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)
