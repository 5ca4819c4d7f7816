"""`/health/live` and `/health/ready`: whether the process runs, and whether it can translate."""

from fastapi import APIRouter, Response

from api.dependencies import UseResources
from api.readiness import readiness_of
from api.schemas import LiveResponse, ReadyResponse

__all__ = ["router"]

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", summary="Is the process alive?")
async def live() -> LiveResponse:
    """Return 200 as long as the process runs, whatever the state of Triton."""
    return LiveResponse()


@router.get(
    "/ready",
    summary="Can it translate?",
    responses={503: {"model": ReadyResponse, "description": "Triton, an ensemble or a model is not ready."}},
)
async def ready(response: Response, resources: UseResources) -> ReadyResponse:
    """Return 200 only if Triton reports every ensemble and every model in them ready, else 503."""
    readiness = await readiness_of(resources.client, resources.settings)
    response.status_code = 200 if readiness.ready else 503
    return ReadyResponse(
        status="ready" if readiness.ready else "not_ready",
        triton="reachable" if readiness.reachable else "unreachable",
        models=dict(readiness.models),
        weights=dict(readiness.weights),
    )
