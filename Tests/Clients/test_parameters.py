"""Defends Parameter Store: names, versions, labels, tiers, and what a list finds."""

import datetime
import json

import pytest

from errors import refused
from server import ACCOUNT


@pytest.fixture
def ssm(root):
    return root.ssm


def put(client, name, value="v", type="String", **more):
    return client.put_parameter(Name=name, Value=value, **({"Type": type} if type else {}), **more)


def get(client, name, **more):
    return client.get_parameter(Name=name, **more)["Parameter"]


def names(answer):
    return [one["Name"] for one in answer["Parameters"]]


# Writing and reading


def test_a_parameter_comes_back_as_it_was_given(ssm):
    assert put(ssm, "/app/url", "http://x") | {"ResponseMetadata": 0} == {"Version": 1, "Tier": "Standard", "ResponseMetadata": 0}
    found = get(ssm, "/app/url")
    assert isinstance(found.pop("LastModifiedDate"), datetime.datetime)
    assert found == {
        "Name": "/app/url", "Type": "String", "Value": "http://x", "Version": 1, "DataType": "text",
        "ARN": f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/app/url"}
    put(ssm, "plain", "a,b", "StringList")
    assert get(ssm, "plain")["ARN"] == f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/plain"
    for name in ("/app/url", found["ARN"]):
        assert get(ssm, name)["Value"] == "http://x"
    assert get(ssm, f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/plain")["Name"] == "plain"
    with refused("ParameterNotFound") as caught:
        get(ssm, "/app")
    assert caught.value.response["Error"]["Message"] == ""


def test_a_name_without_a_path_is_one_with_a_slash_and_without(ssm):
    for made, other in (("plain", "/plain"), ("/slash", "slash")):
        ssm.put_parameter(Name=made, Value="v", Type="String")
        with refused("ParameterAlreadyExists"):
            ssm.put_parameter(Name=other, Value="w", Type="String")
        ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=other, Tags=[{"Key": "a", "Value": "b"}])
        assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=made)["TagList"] == [{"Key": "a", "Value": "b"}]
        found = ssm.get_parameter(Name=other)["Parameter"]
        assert (found["Name"], found["ARN"]) == (made, ssm.get_parameter(Name=made)["Parameter"]["ARN"])
        ssm.put_parameter(Name=other, Value="w", Type="String", Overwrite=True)
        assert ssm.get_parameter(Name=f"{made}:2")["Parameter"]["Value"] == "w"
        assert ssm.get_parameter(Name=f"{other}:1")["Parameter"]["Value"] == "v"
        ssm.delete_parameter(Name=other)
        with refused("ParameterNotFound"):
            ssm.get_parameter(Name=made)
    # A list finds it by either name.
    ssm.put_parameter(Name="plain", Value="v", Type="String")
    for name in ("plain", "/plain"):
        assert names(ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])) == ["plain"]
    # Under a path the slash tells names apart.
    ssm.put_parameter(Name="/a/b", Value="v", Type="String")
    with refused("ParameterNotFound"):
        ssm.get_parameter(Name="a/b")


def test_tags_are_found_by_how_they_begin(ssm):
    for name, value in (("one", "blue"), ("two", "black"), ("three", "red")):
        ssm.put_parameter(Name=name, Value="v", Type="String", Tags=[{"Key": "colour", "Value": value}])

    def found(**more):
        told = ssm.describe_parameters(ParameterFilters=[{"Key": "tag:colour"} | more])["Parameters"]
        return sorted(one["Name"] for one in told)

    assert found(Option="BeginsWith", Values=["bl"]) == ["one", "two"]
    assert found(Option="BeginsWith", Values=["/bl"]) == []
    assert found(Values=["bl"]) == [] and found(Values=["red"]) == ["three"]


@pytest.mark.parametrize("key, value, code, words", [
    ("Type", "test", "InvalidFilterValue", "Valid values include: [String, StringList, SecureString]"),
    ("Tier", "test", "InvalidFilterValue", "Valid values include: [Standard, Advanced, Intelligent-Tiering]"),
    ("Path", "/aws", "ValidationException", "can't be prefixed with"),
    ("Path", "/ssm/x", "ValidationException", "can't be prefixed with"),
    ("Path", "x", "ValidationException", 'It can\'t be prefixed with "aws" or "ssm" (case-insensitive).'),
])
def test_filters_that_nothing_can_meet(ssm, key, value, code, words):
    with refused(code, words):
        ssm.describe_parameters(ParameterFilters=[{"Key": key, "Values": [value]}])


def test_overwriting_makes_versions(ssm):
    put(ssm, "p", "one", Description="first", Tags=[{"Key": "a", "Value": "b"}])
    with refused("ParameterAlreadyExists", "To overwrite this value, set the overwrite option"):
        put(ssm, "p", "two")
    assert put(ssm, "p", "two", None, Overwrite=True)["Version"] == 2
    assert [get(ssm, name)["Value"] for name in ("p", "p:1", "p:2")] == ["two", "one", "two"]
    assert get(ssm, "p:1")["Selector"] == ":1"
    with refused("ParameterVersionNotFound", "could not find version 3 of p"):
        get(ssm, "p:3")
    with refused("HierarchyTypeMismatchException"):
        put(ssm, "p", "x", "SecureString", Overwrite=True)
    with refused("ValidationException", "tags and overwrite can't be used together"):
        put(ssm, "p", "x", Overwrite=True, Tags=[{"Key": "a", "Value": "b"}])
    history = ssm.get_parameter_history(Name="p")["Parameters"]
    assert [(one["Version"], one["Value"], one.get("Description")) for one in history] == [(1, "one", "first"), (2, "two", None)]
    assert history[0]["LastModifiedUser"] == f"arn:aws:iam::{ACCOUNT}:root" and history[0]["Labels"] == []
    pages = ssm.get_paginator("get_parameter_history").paginate(Name="p", PaginationConfig={"PageSize": 1})
    assert [page["Parameters"][0]["Version"] for page in pages] == [1, 2]
    with refused("ParameterNotFound"):
        ssm.get_parameter_history(Name="q")


@pytest.mark.parametrize("number", ["-9223372036854775808", "9223372036854775807", "-1", "0", "+1", "01x"])
def test_numbers_that_no_version_has(ssm, number):
    put(ssm, "p", "one")
    with refused("ParameterVersionNotFound"):
        get(ssm, f"p:{number}")
    if number.lstrip("-").isdigit():
        for call in (ssm.label_parameter_version, ssm.unlabel_parameter_version):
            with refused("ParameterVersionNotFound"):
                call(Name="p", ParameterVersion=int(number), Labels=["a"])
    assert get(ssm, "p:1")["Value"] == "one"


def test_a_hundred_versions_and_the_oldest_goes(ssm):
    put(ssm, "p", "1")
    ssm.label_parameter_version(Name="p", Labels=["keep"])
    for number in range(2, 101):
        put(ssm, "p", str(number), Overwrite=True)
    with refused("ParameterMaxVersionLimitExceeded", "Version 1, the oldest version"):
        put(ssm, "p", "101", Overwrite=True)
    ssm.label_parameter_version(Name="p", Labels=["keep"], ParameterVersion=50)
    assert put(ssm, "p", "101", Overwrite=True)["Version"] == 101
    with refused("ParameterVersionNotFound"):
        get(ssm, "p:1")


@pytest.mark.parametrize("name, code, words", [
    ("aws", "ValidationException", 'can\'t be prefixed with "aws" or "ssm"'),
    ("AWSx", "ValidationException", "can't be prefixed"),
    ("/aws/x", "AccessDeniedException", "No access to reserved parameter name: /aws/x."),
    ("/ssm/x", "ValidationException", "can't be prefixed with \"ssm\""),
    ("a/b", "ValidationException", "must be a fully qualified name"),
    ("/a//b", "ValidationException", "no empty parts"), ("/a/", "ValidationException", "no empty parts"),
    ("a b", "ValidationException", "letters, numbers"),
    ("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "HierarchyLevelLimitExceededException", "15 levels"),
    ("a" * 1000, "ValidationException", "1011 characters"),
])
def test_what_no_parameter_may_be_called(ssm, name, code, words):
    with refused(code, words):
        put(ssm, name)


def test_what_no_value_may_be(ssm):
    for value, words in (("", "Member must have length greater than or equal to 1"), ("a {{b}}", "can't nest another parameter"), ("x" * 4097, "Standard tier")):
        with refused("ValidationException", words):
            put(ssm, "p", value)
    with refused("ValidationException", "A parameter type is required"):
        put(ssm, "p", type=None)
    with refused("ValidationException", "KeyId is required for SecureString"):
        put(ssm, "p", KeyId="alias/x")
    with refused("ParameterPatternMismatchException", r"allowedPattern: ^\d+$"):
        put(ssm, "p", "abc", AllowedPattern=r"^\d+$")
    for pattern in ("(", "((a{1000}){1000}){1000}"):
        with refused("InvalidAllowedPatternException"):
            put(ssm, "p", "abc", AllowedPattern=pattern)
    assert put(ssm, "p", "123", AllowedPattern=r"^\d+$")["Version"] == 1
    for refused_member in ({"Policies": "[]"}, {"DataType": "aws:ec2:image"}):
        with refused("NotImplemented", status=501):
            put(ssm, "q", **refused_member)
    with refused("ValidationException", "data type is not supported"):
        put(ssm, "q", DataType="Text")


def test_tiers(ssm):
    assert put(ssm, "big", "x" * 8192, Tier="Advanced")["Tier"] == "Advanced"
    with refused("ValidationException", "Advanced tier parameters support a maximum parameter value of 8192"):
        put(ssm, "bigger", "x" * 8193, Tier="Advanced")
    with refused("ValidationException", "You can't downgrade"):
        put(ssm, "big", "x", Tier="Standard", Overwrite=True)
    assert put(ssm, "big", "x", Overwrite=True)["Tier"] == "Advanced"
    assert put(ssm, "i", "x", Tier="Intelligent-Tiering")["Tier"] == "Standard"
    assert put(ssm, "i", "x" * 5000, Tier="Intelligent-Tiering", Overwrite=True)["Tier"] == "Advanced"


# Several at once


def test_several_at_once_and_those_that_are_not(ssm):
    put(ssm, "a", "1"), put(ssm, "b", "2")
    answer = ssm.get_parameters(Names=["b", "missing", "a:1", "a:9", "b", "missing"])
    assert names(answer) == ["b", "a"] and answer["Parameters"][1]["Selector"] == ":1"
    assert answer["InvalidParameters"] == ["missing", "a:9"]
    with refused("ValidationException"):
        ssm.get_parameters(Names=[f"p{number}" for number in range(11)])
    answer = ssm.delete_parameters(Names=["a", "missing", "b:1"])
    assert (answer["DeletedParameters"], answer["InvalidParameters"]) == (["a"], ["missing", "b:1"])
    ssm.delete_parameter(Name="b")
    with refused("ParameterNotFound"):
        ssm.delete_parameter(Name="b")
    assert put(ssm, "b", "new")["Version"] == 1


def test_parameters_under_a_path(ssm):
    for name in ("/a/1", "/a/2", "/a/b/1", "/ab/1", "root", "/top"):
        put(ssm, name, name)
    path = ssm.get_parameters_by_path
    assert names(path(Path="/a")) == names(path(Path="/a/")) == ["/a/1", "/a/2"]
    assert names(path(Path="/a", Recursive=True)) == ["/a/1", "/a/2", "/a/b/1"]
    assert names(path(Path="/")) == ["/top", "root"]
    assert len(names(path(Path="/", Recursive=True))) == 6
    assert names(path(Path="/none")) == []
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path="/", Recursive=True, PaginationConfig={"PageSize": 2})
    assert [names(page) for page in pages] == [["/a/1", "/a/2"], ["/a/b/1", "/ab/1"], ["/top", "root"]]
    put(ssm, "/a/list", "x", "StringList")
    assert names(path(Path="/a", ParameterFilters=[{"Key": "Type", "Values": ["StringList"]}])) == ["/a/list"]
    ssm.label_parameter_version(Name="/a/1", Labels=["prod"])
    put(ssm, "/a/1", "later", Overwrite=True)
    [labelled] = path(Path="/a", ParameterFilters=[{"Key": "Label", "Values": ["prod"]}])["Parameters"]
    assert (labelled["Name"], labelled["Version"]) == ("/a/1", 1)
    with refused("ValidationException", 'must begin with a forward slash'):
        path(Path="a")
    with refused("InvalidFilterKey"):
        path(Path="/a", ParameterFilters=[{"Key": "Name", "Values": ["x"]}])
    with refused("InvalidNextToken"):
        path(Path="/a", NextToken="?")


def test_lists_filter(ssm):
    put(ssm, "/a/one", Tags=[{"Key": "team", "Value": "blue"}], Description="first")
    put(ssm, "/a/b/two", "x", "StringList", Tags=[{"Key": "team", "Value": "red"}])
    put(ssm, "three", "x", Tier="Advanced")

    def found(key, *values, option=None):
        one = {"Key": key, **({"Values": list(values)} if values else {}), **({"Option": option} if option else {})}
        return names(ssm.describe_parameters(ParameterFilters=[one]))

    every = ssm.describe_parameters()["Parameters"]
    assert names({"Parameters": every}) == ["/a/b/two", "/a/one", "three"]
    assert every[1]["Description"] == "first" and every[1]["Tier"] == "Standard" and every[1]["Policies"] == []
    assert "Value" not in json.dumps(every, default=str)
    assert found("Name", "/a/one") == found("Name", "/a/o", option="BeginsWith") == ["/a/one"]
    assert found("Name", "o", option="Contains") == ["/a/b/two", "/a/one"]
    assert found("Type", "String") == ["/a/one", "three"] and found("Tier", "Advanced") == ["three"]
    assert found("Path", "/a") == ["/a/one"] and found("Path", "/a", option="Recursive") == ["/a/b/two", "/a/one"]
    assert found("tag:team", "blue") == ["/a/one"] and found("tag:team") == ["/a/b/two", "/a/one"]
    assert found("DataType", "text") == ["/a/b/two", "/a/one", "three"]
    assert names(ssm.describe_parameters(Filters=[{"Key": "Name", "Values": ["/a"]}])) == ["/a/b/two", "/a/one"]
    pages = ssm.get_paginator("describe_parameters").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["Parameters"]) for page in pages] == [2, 1]
    for key, option, code in (("Label", None, "InvalidFilterKey"), ("Type", "Contains", "InvalidFilterOption"), ("Path", "Equals", "InvalidFilterOption")):
        with refused(code):
            found(key, "/x", option=option)
    with refused("InvalidFilterValue"):
        found("Name")
    with refused("InvalidFilterKey", "duplicated"):
        ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": ["a"]}, {"Key": "Name", "Values": ["b"]}])


# Labels and tags


def test_labels_are_on_one_version_each(ssm):
    put(ssm, "p", "one")
    put(ssm, "p", "two", Overwrite=True)
    answer = ssm.label_parameter_version(Name="p", ParameterVersion=1, Labels=["prod", "1st", "awsome", "ok_2"])
    assert (answer["InvalidLabels"], answer["ParameterVersion"]) == (["1st", "awsome"], 1)
    assert get(ssm, "p:prod")["Value"] == "one" and get(ssm, "p:prod")["Selector"] == ":prod"
    assert ssm.label_parameter_version(Name="p", Labels=["prod"])["ParameterVersion"] == 2
    assert get(ssm, "p:prod")["Value"] == "two"
    assert [one["Labels"] for one in ssm.get_parameter_history(Name="p")["Parameters"]] == [["ok_2"], ["prod"]]
    with refused("ParameterVersionLabelLimitExceeded"):
        ssm.label_parameter_version(Name="p", Labels=[f"l{number}" for number in range(10)])
    answer = ssm.unlabel_parameter_version(Name="p", ParameterVersion=2, Labels=["prod", "ok_2"])
    assert (answer["RemovedLabels"], answer["InvalidLabels"]) == (["prod"], ["ok_2"])
    with refused("ParameterVersionNotFound"):
        get(ssm, "p:prod")
    with refused("ParameterVersionNotFound"):
        ssm.label_parameter_version(Name="p", ParameterVersion=9, Labels=["x"])
    with refused("ParameterNotFound"):
        ssm.label_parameter_version(Name="q", Labels=["x"])


def test_tags_come_and_go(ssm):
    put(ssm, "p", Tags=[{"Key": "a", "Value": "1"}])
    what = {"ResourceType": "Parameter", "ResourceId": "p"}
    ssm.add_tags_to_resource(Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}], **what)
    assert ssm.list_tags_for_resource(**what)["TagList"] == [{"Key": "a", "Value": "3"}, {"Key": "b", "Value": "2"}]
    ssm.remove_tags_from_resource(TagKeys=["a", "missing"], **what)
    assert ssm.list_tags_for_resource(**what)["TagList"] == [{"Key": "b", "Value": "2"}]
    with refused("TooManyTagsError"):
        ssm.add_tags_to_resource(Tags=[{"Key": f"k{number}", "Value": ""} for number in range(50)], **what)
    with refused("InvalidResourceId"):
        ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="q")
    with refused("NotImplemented", status=501):
        ssm.list_tags_for_resource(ResourceType="Document", ResourceId="p")


def test_the_command_line_keeps_a_parameter(aws):
    aws("ssm", "put-parameter", "--name", "/cli/x", "--value", "1", "--type", "String")
    assert aws("ssm", "get-parameter", "--name", "/cli/x")["Parameter"]["Value"] == "1"
    assert len(aws("ssm", "get-parameters-by-path", "--path", "/cli")["Parameters"]) == 1


def test_labels_and_histories_take_no_version_behind_the_name(ssm):
    """What would be done to another version than the one named is not done."""
    for value in "abc":
        put(ssm, "app", value, Overwrite=True)
    for call in (lambda: ssm.label_parameter_version(Name="app:1", Labels=["prod"]),
                 lambda: ssm.unlabel_parameter_version(Name="app:1", ParameterVersion=1, Labels=["prod"]),
                 lambda: ssm.get_parameter_history(Name="app:1")):
        with refused("ParameterNotFound"):
            call()
    assert ssm.label_parameter_version(Name="app", ParameterVersion=1, Labels=["prod"])["ParameterVersion"] == 1
    assert get(ssm, "app:prod")["Value"] == "a"
