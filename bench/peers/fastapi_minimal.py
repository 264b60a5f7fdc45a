"""The smallest FastAPI program that answers a probe: what its start and memory are compared with (P14)."""

from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.get("/health/live")
async def live():
    return {"status": "ok"}
