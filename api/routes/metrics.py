"""`/metrics`: the instruments in Prometheus' text format."""

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import choose_encoder

from api.dependencies import UseResources

__all__ = ["router"]

router = APIRouter(tags=["operation"])


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: {"description": "Prometheus text format.", "content": {"text/plain": {}}}},
)
async def metrics(request: Request, resources: UseResources) -> Response:
    """Return all metrics in the format that the scraper accepts."""
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(resources.metrics.registry), media_type=content_type)
