"""Defends `aws s3`: people copy, list, synchronise and remove with it."""

import os


def test_files_go_there_and_back(aws, tmp_path):
    (tmp_path / "site/deep").mkdir(parents=True)
    files = {"index.html": b"<p>", "deep/data.bin": bytes(range(256)) * 500, "deep/empty": b""}
    for name, text in files.items():
        (tmp_path / "site" / name).write_bytes(text)
        # S3 tells whole seconds: a file written in the second of its upload would seem newer than the object.
        os.utime(tmp_path / "site" / name, (1_700_000_000, 1_700_000_000))
    aws("s3", "mb", "s3://site")
    aws("s3", "sync", str(tmp_path / "site"), "s3://site/v1")
    listed = aws("s3", "ls", "s3://site", "--recursive")
    assert sorted(line.split()[-1] for line in listed.splitlines()) == sorted("v1/" + name for name in files)
    assert "PRE v1/" in aws("s3", "ls", "s3://site")
    assert aws("s3", "sync", str(tmp_path / "site"), "s3://site/v1") == ""
    aws("s3", "sync", "s3://site/v1", str(tmp_path / "back"))
    assert {name: (tmp_path / "back" / name).read_bytes() for name in files} == files
    assert aws("s3", "cp", "s3://site/v1/index.html", "-") == "<p>"
    assert aws("s3api", "head-object", "--bucket", "site", "--key", "v1/index.html")["ContentType"] == "text/html"
    assert aws.run("s3", "rb", "s3://site").returncode != 0
    aws("s3", "rb", "--force", "s3://site")
    assert aws("s3", "ls") == ""
