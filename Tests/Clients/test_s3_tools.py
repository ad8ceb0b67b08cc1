"""Defends what people bring from elsewhere: rclone, s3cmd and s3fs, set up as their manuals tell, against one server."""

import filecmp
import os
import subprocess

import pytest
import s3fs

from errors import refused
from patience import PATIENCE
from server import ROOT_KEYS

MB = 1_000_000


@pytest.fixture
def tree(tmp_path):
    """A folder as people have them: names of other languages, spaces, an empty file, a long one."""
    top = tmp_path / "tree"
    (top / "deep/er").mkdir(parents=True)
    (top / "a file.txt").write_text("with a space")
    (top / "Grüße & +%25.txt").write_text("not plain")
    (top / "empty").touch()
    (top / "deep/er/long").write_bytes(os.urandom(11 * MB))
    return top


def same(one, other):
    """Do both folders hold the same names and bytes?"""
    names = {path.relative_to(one) for path in one.rglob("*") if path.is_file()}
    assert names == {path.relative_to(other) for path in other.rglob("*") if path.is_file()}
    assert all(filecmp.cmp(one / name, other / name, shallow=False) for name in names)


def run(*words, env, fails=False):
    done = subprocess.run(list(map(str, words)), env=env, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def rclone(server, tmp_path):
    """Configured by its environment, as in a container. Uploads in parts from 5 MB. Debian's rclone names a list with all it
    puts, `private` where it is told nothing; buckets without lists take this one."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "RCLONE_CONFIG_HOUSE_TYPE": "s3",
        "RCLONE_CONFIG_HOUSE_PROVIDER": "Other", "RCLONE_CONFIG_HOUSE_ENDPOINT": server.url,
        "RCLONE_CONFIG_HOUSE_REGION": "us-east-1", "RCLONE_CONFIG_HOUSE_ACCESS_KEY_ID": ROOT_KEYS.id,
        "RCLONE_CONFIG_HOUSE_SECRET_ACCESS_KEY": ROOT_KEYS.secret, "RCLONE_CONFIG_HOUSE_ACL": "bucket-owner-full-control",
        "RCLONE_CONFIG_HOUSE_BUCKET_ACL": "private", "RCLONE_S3_UPLOAD_CUTOFF": "5M", "RCLONE_S3_CHUNK_SIZE": "5M",
        "RCLONE_CONFIG": "", "RCLONE_LOW_LEVEL_RETRIES": "1", "RCLONE_RETRIES": "1",
    }
    return lambda *words, **more: run("rclone", *words, env=environment, **more)


@pytest.fixture
def s3cmd(server, tmp_path):
    """Configured by its file. Uploads in parts from 5 MB."""
    place = f"127.0.0.1:{server.port}"
    (tmp_path / ".s3cfg").write_text(
        f"[default]\naccess_key = {ROOT_KEYS.id}\nsecret_key = {ROOT_KEYS.secret}\nhost_base = {place}\n"
        f"host_bucket = {place}\nuse_https = False\nmultipart_chunk_size_mb = 5\nmax_retries = 1\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    return lambda *words, **more: run("s3cmd", *words, env=environment, **more)


def test_rclone_keeps_a_folder_and_a_bucket_alike(rclone, tree, tmp_path):
    rclone("mkdir", "house:backups")
    rclone("sync", tree, "house:backups/nightly")
    assert "0 differences found" in rclone("check", tree, "house:backups/nightly")
    assert "0 differences found" in rclone("check", "--download", tree, "house:backups/nightly")
    (tree / "a file.txt").write_text("changed")
    (tree / "empty").unlink()
    assert "Deleted: 1" in rclone("sync", "--stats-one-line=false", "-v", tree, "house:backups/nightly").replace(" ", "").replace(
        "Deleted:1", "Deleted: 1")
    rclone("copy", "house:backups/nightly", tmp_path / "back")
    same(tree, tmp_path / "back")
    rclone("copyto", "house:backups/nightly/deep/er/long", "house:backups/copy")
    assert sorted(line.split(maxsplit=1)[1] for line in rclone("ls", "house:backups").splitlines()) == sorted(
        ["copy", *(f"nightly/{path.relative_to(tree)}" for path in tree.rglob("*") if path.is_file())])
    rclone("purge", "house:backups")
    assert "backups" not in rclone("lsd", "house:")


def test_rclone_is_told_no(rclone, root, tree):
    root.s3.create_bucket(Bucket="closed")
    root.s3.put_bucket_policy(Bucket="closed", Policy=(
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject",'
        '"Resource":"arn:aws:s3:::closed/*"}]}'))
    assert "AccessDenied" in rclone("copy", tree, "house:closed", fails=True)
    assert root.s3.list_objects_v2(Bucket="closed")["KeyCount"] == 0


def test_s3cmd_puts_syncs_and_removes(s3cmd, tree, tmp_path, root):
    s3cmd("mb", "s3://backups")
    s3cmd("sync", f"{tree}/", "s3://backups/nightly/")
    (tmp_path / "back").mkdir()
    s3cmd("sync", "s3://backups/nightly/", f"{tmp_path}/back/")
    same(tree, tmp_path / "back")
    s3cmd("put", "--add-header=Cache-Control:max-age=60", "--mime-type=text/x-test", tree / "a file.txt", "s3://backups/one")
    head = root.s3.head_object(Bucket="backups", Key="one")
    assert head["ContentType"] == "text/x-test" and head["CacheControl"] == "max-age=60"
    s3cmd("mv", "s3://backups/nightly/a file.txt", "s3://backups/three")
    assert [entry["Key"] for entry in root.s3.list_objects_v2(Bucket="backups", Delimiter="/")["Contents"]] == ["one", "three"]
    link = s3cmd("signurl", "s3://backups/one", "+60").strip()
    assert run("curl", "-sSf", link, env={"PATH": os.environ["PATH"]}) == "with a space"
    s3cmd("rb", "--recursive", "--force", "s3://backups")
    assert "NoSuchBucket" in s3cmd("ls", "s3://backups", fails=True)


def test_s3fs_opens_objects_as_files(server, root):
    files = s3fs.S3FileSystem(
        key=ROOT_KEYS.id, secret=ROOT_KEYS.secret, endpoint_url=server.url, default_block_size=5 << 20, skip_instance_cache=True,
        use_listings_cache=False)
    files.mkdir("numbers")
    with files.open("numbers/deep/table.csv", "w") as file:
        file.write("a,b\n1,2\n")
    content = os.urandom(12 * MB)
    with files.open("numbers/long", "wb") as file:
        file.write(content)
    with files.open("numbers/long", "rb") as file:
        file.seek(7 * MB)
        assert file.read(100) == content[7 * MB:7 * MB + 100]
    assert files.cat("numbers/long") == content and files.info("numbers/long")["size"] == 12 * MB
    assert files.ls("numbers") == ["numbers/deep", "numbers/long"] and files.find("numbers") == ["numbers/deep/table.csv", "numbers/long"]
    files.mv("numbers/long", "numbers/longer")
    assert not files.exists("numbers/long") and files.checksum("numbers/longer")
    files.touch("numbers/touched")
    assert root.s3.head_object(Bucket="numbers", Key="touched")["ContentLength"] == 0
    files.rm("numbers", recursive=True)
    with refused("NoSuchBucket"):
        root.s3.list_objects_v2(Bucket="numbers")
    with pytest.raises(FileNotFoundError):
        files.open("numbers/none").read()
