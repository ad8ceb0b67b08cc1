import CloudTrailAPI
import IAMAPI
import STSAPI
import Smithy
import Testing

/// What is to be shown of one operation: a call that succeeds on the stage, exactly what it asks of the policies, and
/// the errors it can give.
struct OperationCase: Sendable, CustomTestStringConvertible {
    let service: ServiceModel
    let name: String
    let input: Input
    /// What must be allowed, all of it. Empty: nothing, by a reason in `ungated.txt`.
    let asks: [Asked]
    /// Condition keys of the request that policies see, with the value they have in this call.
    var keys: [String: String] = [:]
    /// Whether the resource is there and has the tag `guard` = `on`.
    var isTagged = false
    var refusals: [Refused] = []
    /// For operations that page: the element or member that tells one item from another.
    var pagesBy: String?
    /// What must be so before the call can succeed, beyond the stage.
    var preparation: (@Sendable (House) async throws -> Void)?
    /// The one answer of an operation that cannot succeed here: the code of a refusal, after the policies allowed.
    var alwaysRefused: String?
    /// Nil: read-only if the name begins with Get or List.
    var isReadOnly: Bool?

    var testDescription: String { service.name + ":" + name }
    /// GetSessionToken uses a code up.
    var isChange: Bool {
        name == "GetSessionToken"
            // Nothing to change: what it may be set to is so already.
            || name != "SetSecurityTokenServicePreferences" && !name.hasPrefix("Get") && !name.hasPrefix("List")
                && !name.hasPrefix("Simulate") && service.name == "iam"
                && alwaysRefused == nil
    }

    static let all: [OperationCase] =
        users + userPolicies + groups + groupPolicies + roles + rolePolicies + instanceProfiles + serviceLinkedRoles
        + policies + keys + account + sts
        + cloudTrail + accessAnalyzer + externalAccess + simulations + records + sshKeys
        + signingCertificates + serverCertificates + serviceCredentials + reports + lastAccessed + organizations
        + factors + signIn + providers + outbound
}

extension OperationCase {
    /// How a denial names the resource of a question: IAM does not always use the ARN.
    /// - Source: real records of denied calls.
    func title(of asked: Asked) -> String {
        guard service.name == "iam", asked == asks.first else { return asked.resource }
        switch name {
        case "CreateUser", "CreateGroup", "CreateRole", "CreateInstanceProfile", "CreateServiceLinkedRole":
            return asked.resource
        case "CreatePolicy": return "policy Writer"
        case "ListPolicies": return "policy path /"
        case "AddUserToGroup", "RemoveUserFromGroup": return "group " + text("GroupName")
        default: break
        }
        if input["InstanceProfileName"] != nil { return "instance profile " + text("InstanceProfileName") }
        for kind in ["User", "Group", "Role"] where input[kind + "Name"] != nil {
            return kind.lowercased() + " " + text(kind + "Name")
        }
        if input["ServerCertificateName"] != nil, name != "UploadServerCertificate" {
            return "server certificate " + text("ServerCertificateName")
        }
        if input["PolicySourceArn"] != nil || input["Arn"] != nil { return "user alice" }
        if input["PolicyArn"] != nil {
            return "policy " + text("PolicyArn") + (input["VersionId"] == nil ? "" : " version " + text("VersionId"))
        }
        if name == "ChangePassword" { return "user caller" }
        return name == "GetAccessKeyLastUsed" ? "access key {aliceKey}" : asked.resource
    }

    private func text(_ member: String) -> String {
        if case .text(let text) = input[member] { text } else { "" }
    }
}

/// An action on a resource.
struct Asked: Sendable, Equatable {
    let action: String
    let resource: String

    init(_ action: String, _ resource: String) { (self.action, self.resource) = (action, resource) }

    var statement: Statement { Statement(action: action, resource: resource) }
}

/// An error that the operation gives for other input, perhaps after other calls.
struct Refused: Sendable {
    let code: String
    let changes: Input
    /// Calls to IAM by root beforehand.
    let after: [(String, Input)]

    init(_ code: String, _ changes: Input = [:], after: [(String, Input)] = []) {
        (self.code, self.changes, self.after) = (code, changes, after)
    }
}

extension Refused {
    static func missing(_ member: String) -> Refused { Refused("NoSuchEntity", [member: "nobody"]) }
    static func invalid(_ member: String) -> Refused { Refused("ValidationError", [member: "not a name!"]) }
    static let badMarker = Refused("ValidationError", ["Marker": "AAAA"])
    static let noItems = Refused("ValidationError", ["MaxItems": 0])
    /// Of users and roles.
    static let duplicateTags = Refused("InvalidInput", ["Tags": tags(["a": "1", "A": "2"])])
    /// Of everything else.
    static let sameTags = Refused(
        "InvalidInput", ["Tags": .list(["1", "2"].map { .map(["Key": "a", "Value": .text($0)]) })])
    static let reservedTag = Refused("InvalidInput", ["Tags": tags(["aws:a": "1"])])
    static let manyTags = Refused(
        "LimitExceeded", ["Tags": .list((1...49).map { .map(["Key": .text("key\($0)"), "Value": "x"]) })])
    static func malformed(_ member: String) -> [Refused] {
        [
            Refused("MalformedPolicyDocument", [member: "{"]),
            Refused("MalformedPolicyDocument", [member: #"{"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]}"#]),
        ]
    }
    static let noPolicy = Refused("NoSuchEntity", ["PolicyArn": .text(Stage.iam + "policy/Nothing")])
}

/// A document of many statements: too long for any quota.
let hugeDocument: Value = {
    let statement =
        #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/*"}"#
    return .text(
        #"{"Version":"2012-10-17","Statement":["# + Array(repeating: statement, count: 120).joined(separator: ",")
            + "]}")
}()
