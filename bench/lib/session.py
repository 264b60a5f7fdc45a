"""What a student does before something can be measured."""

import secrets
import time
import uuid

from .problem import Void


def uuid7():
    """A UUID of version 7, as the browser makes its ids."""
    bits = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return str(uuid.UUID(int=bits & ~(0xF << 76) & ~(3 << 62) | (7 << 76) | (2 << 62)))


def must(answer, *statuses):
    if answer.status not in statuses:
        raise Void(f"preparing: {answer.status} {answer.body[:300]}")
    return answer.json


def open_session(server, cookie):
    """The id of a session of the first exercise, opened."""
    headers = {"Cookie": cookie}
    cards = must(server.request("GET", "/api/v1/exercises", headers=headers), 200)["items"]
    answer = server.request("POST", "/api/v1/sessions", {"exercise_id": cards[0]["id"]},
                            headers | {"Idempotency-Key": uuid7()})
    return must(answer, 200, 201)["id"]
