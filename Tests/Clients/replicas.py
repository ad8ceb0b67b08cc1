"""Buckets that are replicated, and how far their objects are."""


from patience import eventually
from people import policy, statement

TRUST = policy({"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"})
READ = ["s3:GetReplicationConfiguration", "s3:ListBucket", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl"]
WRITE = ["s3:ReplicateObject", "s3:ReplicateDelete"]
TAGS = ["s3:GetObjectVersionTagging", "s3:ReplicateTags"]
LOCKS = ["s3:GetObjectRetention", "s3:GetObjectLegalHold"]


def rule(name="r", to="copy", **more):
    own = {
        "ID": name,
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{to}"},
    }
    own.update(more)
    return {name: value for name, value in own.items() if value is not None}


def keep(clients, name, **more):
    clients.s3.create_bucket(Bucket=name, **more)
    clients.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def role(people, actions=tuple(READ + WRITE + TAGS), name="replicator", trusting=TRUST, document=None):
    return people.role(name, trusting, document or policy(statement("Allow", list(actions))))


def replicate(s3, arn, *rules, bucket="box"):
    rules = list(rules) or [rule()]
    s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": arn, "Rules": rules})


def status(s3, name="k", bucket="box", **more):
    return s3.head_object(Bucket=bucket, Key=name, **more).get("ReplicationStatus")


def settled(s3, name="k", bucket="box", **more):
    """The status of an object when it waits no more."""
    return eventually(lambda: status(s3, name, bucket, **more), lambda found: found != "PENDING")


def exists(s3, name, bucket="copy"):
    return any(item["Key"] == name for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []))


def versions(s3, bucket):
    found = s3.list_object_versions(Bucket=bucket)
    listed = found.get("Versions", []) + found.get("DeleteMarkers", [])
    return sorted((item["Key"], item["VersionId"], item["IsLatest"]) for item in listed)
