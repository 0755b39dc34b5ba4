"""The installations of PandaDoc: each has an API and a site of its own."""

from __future__ import annotations

from pandadoc_client._http.values import Value
from pandadoc_client.exceptions import ApiValueError

__all__ = ["REGIONS", "Region", "region_of"]


class Region(Value):
    """An installation.

    Attributes:
        api: URL of the API.
        app: URL of the site, which has the consent page.
    """

    api: str
    app: str


REGIONS = {
    "us": Region("https://api.pandadoc.com", "https://app.pandadoc.com"),
    "eu": Region("https://api.pandadoc.eu", "https://app.pandadoc.eu"),
}


def region_of(name: object) -> Region:
    """Return the region of that name, in whatever case it is written.

    Raises:
        ApiValueError: There is none.
    """
    region = REGIONS.get(name.lower()) if isinstance(name, str) else None
    if region is None:
        raise ApiValueError(f"region must be one of {', '.join(REGIONS)}")
    return region
