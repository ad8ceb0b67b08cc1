"""Defends that no way to a bucket is left out of its log: access points lead there, too."""

from test_access_logs import delivered, permit, turn_on
from test_access_points import POINT, door, here, names  # noqa: F401: fixtures


def test_the_buckets_log_has_what_came_through(server, here, door):  # noqa: F811
    here.s3.create_bucket(Bucket="logs")
    permit(here.s3)
    turn_on(here.s3)
    for bucket in (POINT, door["Alias"], "box"):
        here.s3.get_object(Bucket=bucket, Key="k")
    assert [(entry["bucket"], entry["key"], entry["point"]) for entry in delivered(server, here.s3)
            if entry["operation"] == "REST.GET.OBJECT"] == [("box", "k", POINT), ("box", "k", POINT), ("box", "k", "-")]
