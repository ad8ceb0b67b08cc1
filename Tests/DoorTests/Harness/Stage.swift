import AWS
import AccessAnalyzerAPI
import CloudTrailAPI
import Door
import Foundation
import IAMAPI
import Journal
import STSAPI
import Scaffold
import Smithy
import Storage
import Testing
import World

/// A house with one of everything, made by root through the front door, and a user without permissions who calls.
///
/// `alice`, `crew`, `worker` and `Reader` have all that can hang on them; those called `bare` have tags only.
final class Stage: Sendable {
    let house: House
    let caller: Keys
    /// What `{name}` in an input stands for.
    let names: [String: String]

    static let iam = "arn:aws:iam::\(House.account):"
    static let callerARN = iam + "user/caller"
    static let reader = iam + "policy/staff/Reader"
    static let other = iam + "policy/Other"
    static let bare = iam + "policy/Bare"
    /// A virtual device that nobody uses, one of alice's, and the caller's.
    static let phone = iam + "mfa/phone"
    static let watch = iam + "mfa/watch"
    static let badge = iam + "mfa/badge"
    static let securityKey = iam + "u2f/user/alice/key"
    static let reading =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#
    static let trust =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"#
        + #""Action":["sts:AssumeRole","sts:SetSourceIdentity","sts:TagSession"]}]}"#
    static let alicePassword = "Battery staple 1!"
    static let callerPassword = "Caller staple 2!"
    private static let guarded = tags(["guard": "on", "team": "blue"])

    init(_ house: House) async throws {
        self.house = house
        try await Stage.policies(house)
        try await Stage.entities(house)
        try await Stage.attachments(house)
        try await Stage.providers(house)
        var names: [String: String] = [:]
        for name in ["alice", "alice", "caller"] {
            let answer = try await house.must(IAM.service, "CreateAccessKey", ["UserName": .text(name)])
            let (id, secret) = (try #require(answer.text("AccessKeyId")), try #require(answer.text("SecretAccessKey")))
            (names[name + "Key"], names[name + "Secret"]) = (id, secret)
        }
        names.merge(try await Stage.devices(house)) { $1 }
        caller = Keys(id: try #require(names["callerKey"]), secret: try #require(names["callerSecret"]))
        // What a denied caller could have been sent.
        let denied = try await house.call(IAM.service, "ListUsers", as: caller)
        let record = try #require(denied.records.first)
        names["encoded"] = try house.explanation(of: record).encoded(house.messages)
        let generation = try await house.must(
            AccessAnalyzer.service, "StartPolicyGeneration",
            ["policyGenerationDetails": ["principalArn": .text(Stage.iam + "user/staff/alice")]])
        let job: String = try #require(generation.text("jobId"))
        names["job"] = job
        names.merge(try await Stage.credentials(house)) { $1 }
        try await house.must(IAM.service, "CreateServiceLinkedRole", ["AWSServiceName": "support.amazonaws.com"])
        names["deletion"] = try await house.must(
            IAM.service, "DeleteServiceLinkedRole", ["RoleName": "AWSServiceRoleForSupport"]
        ).text("DeletionTaskId")
        names["accessJob"] = try await Stage.report(house, of: caller)
        self.names = names
    }

    convenience init() async throws { try await self.init(House()) }

    private static func policies(_ house: House) async throws {
        try await house.must(
            IAM.service, "CreatePolicy",
            ["PolicyName": "Reader", "Path": "/staff/", "PolicyDocument": .text(reading), "Tags": guarded])
        try await house.must(
            IAM.service, "CreatePolicyVersion", ["PolicyArn": .text(reader), "PolicyDocument": .text(reading)])
        for name in ["Bare", "Other"] {
            try await house.must(
                IAM.service, "CreatePolicy",
                ["PolicyName": .text(name), "PolicyDocument": .text(reading), "Tags": guarded])
        }
    }

    private static func entities(_ house: House) async throws {
        for (name, path) in [("alice", "/staff/"), ("bob", "/"), ("bare", "/"), ("caller", "/")] {
            try await house.must(
                IAM.service, "CreateUser",
                [
                    "UserName": .text(name), "Path": .text(path),
                    "Tags": name == "caller" ? tags(["who": "me"]) : guarded,
                ])
        }
        for (name, path) in [("crew", "/staff/"), ("band", "/"), ("bare", "/")] {
            try await house.must(IAM.service, "CreateGroup", ["GroupName": .text(name), "Path": .text(path)])
        }
        for (name, path) in [("worker", "/staff/"), ("bare", "/")] {
            try await house.must(
                IAM.service, "CreateRole",
                [
                    "RoleName": .text(name), "Path": .text(path), "AssumeRolePolicyDocument": .text(trust),
                    "Tags": guarded,
                    "PermissionsBoundary": .text(reader),
                ])
        }
        try await machines(house)
        for (name, password) in [("alice", alicePassword), ("caller", callerPassword)] {
            try await house.must(
                IAM.service, "CreateLoginProfile", ["UserName": .text(name), "Password": .text(password)])
            house.secrets.withLock { _ = $0.insert(password) }
        }
        try await house.must(IAM.service, "UpdateAccountPasswordPolicy", ["MinimumPasswordLength": 8])
        try await house.must(IAM.service, "CreateAccountAlias", ["AccountAlias": "gatehouse-test"])
    }

    /// Instance profiles `web`, with the role `served` in it, `spare` and `bare`; a role of AWS Config's.
    private static func machines(_ house: House) async throws {
        try await house.must(
            IAM.service, "CreateRole",
            [
                "RoleName": "served",
                "AssumeRolePolicyDocument":
                    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#,
                "Tags": guarded,
            ])
        for (name, path) in [("web", "/staff/"), ("spare", "/"), ("bare", "/")] {
            try await house.must(
                IAM.service, "CreateInstanceProfile",
                ["InstanceProfileName": .text(name), "Path": .text(path), "Tags": guarded])
        }
        for name in ["web", "spare"] {
            try await house.must(
                IAM.service, "AddRoleToInstanceProfile",
                ["InstanceProfileName": .text(name), "RoleName": "served"])
        }
        try await house.must(IAM.service, "CreateServiceLinkedRole", ["AWSServiceName": "config.amazonaws.com"])
    }

    private static func attachments(_ house: House) async throws {
        for (kind, name) in [("User", "alice"), ("Group", "crew"), ("Role", "worker")] {
            let owner: Input = [kind + "Name": .text(name)]
            for policy in ["notes", "more"] {
                try await house.must(
                    IAM.service, "Put\(kind)Policy",
                    owner.merging(["PolicyName": .text(policy), "PolicyDocument": .text(reading)]) { $1 })
            }
            for policy in [reader, other] {
                try await house.must(
                    IAM.service, "Attach\(kind)Policy", owner.merging(["PolicyArn": .text(policy)]) { $1 })
            }
        }
        try await house.must(
            IAM.service, "PutUserPermissionsBoundary", ["UserName": "alice", "PermissionsBoundary": .text(reader)])
        for (group, user) in [("crew", "alice"), ("crew", "bob"), ("band", "alice")] {
            try await house.must(IAM.service, "AddUserToGroup", ["GroupName": .text(group), "UserName": .text(user)])
        }
    }

    /// A report of last-accessed information is for whoever asked for it, here the caller, who may do so for this once.
    private static func report(_ house: House, of caller: Keys) async throws -> String? {
        let policy: Input = ["UserName": "caller", "PolicyName": "once"]
        let document = #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}"#
        try await house.must(
            IAM.service, "PutUserPolicy", policy.merging(["PolicyDocument": .text(document)]) { $1 })
        let answer = try await house.must(
            IAM.service, "GenerateServiceLastAccessedDetails", ["Arn": .text(iam + "group/staff/crew")], as: caller)
        try await house.must(IAM.service, "DeleteUserPolicy", policy)
        return answer.text("JobId")
    }

    /// Of alice, two of each kind; and two certificates of the account.
    private static func credentials(_ house: House) async throws -> [String: String] {
        var names: [String: String] = [:]
        for (file, text) in [("ssh1", "lone"), ("ssh2", "other")] {
            let key = try await house.must(
                IAM.service, "UploadSSHPublicKey",
                ["UserName": "alice", "SSHPublicKeyBody": Fixture.value(file + ".pub")])
            names["sshKey"] = key.text("SSHPublicKeyId")
            let certificate = try await house.must(
                IAM.service, "UploadSigningCertificate",
                ["UserName": "alice", "CertificateBody": Fixture.value(text + ".pem")])
            names["certificate"] = certificate.text("CertificateId")
        }
        for service in ["codecommit", "bedrock"] {
            let made = try await house.must(
                IAM.service, "CreateServiceSpecificCredential",
                ["UserName": "alice", "ServiceName": .text(service + ".amazonaws.com")])
            names["credential"] = made.text("ServiceSpecificCredentialId")
        }
        for (name, path) in [("web", "/staff/"), ("mail", "/")] {
            try await house.must(
                IAM.service, "UploadServerCertificate",
                [
                    "ServerCertificateName": .text(name), "Path": .text(path), "Tags": guarded,
                    "CertificateBody": Fixture.value("server.pem"), "PrivateKey": Fixture.value("server.key.pem"),
                ])
        }
        return names
    }

    /// What the devices show next: `phone1` and `phone2`, `watch1` and `watch2`, `badge`.
    private static func devices(_ house: House) async throws -> [String: String] {
        let now = house.clock.now()
        var names: [String: String] = [:]
        for (name, user) in [("phone", nil), ("watch", "alice"), ("ring", "alice"), ("badge", "caller")] {
            let device = try await house.must(
                IAM.service, "CreateVirtualMFADevice", ["VirtualMFADeviceName": .text(name), "Tags": guarded])
            let app = try #require(Authenticator(device))
            (names[name], names[name + "1"], names[name + "2"]) = (app.code(now), app.code(now), app.code(now, 1))
            guard let user else { continue }
            try await house.must(
                IAM.service, "EnableMFADevice",
                ["UserName": .text(user), "SerialNumber": .text(iam + "mfa/" + name)].merging(app.pair(now, -2)) { $1 })
        }
        // Registering a key takes a browser: the tests over the wire have one.
        try await house.store.write { transaction in
            try transaction.run(
                """
                INSERT INTO iam_mfa_device (serial, kind, account, id, owner, enabled)
                SELECT ?, 'u2f', account, 'key of alice', id, created FROM iam_user WHERE name = 'alice'
                """, .text(securityKey))
        }
        return names
    }

    /// Gives the caller exactly this policy.
    func grant(_ statements: [Statement]) async throws {
        let data = try JSONSerialization.data(
            withJSONObject: ["Version": "2012-10-17", "Statement": statements.map(\.json)], options: .sortedKeys)
        try await house.must(
            IAM.service, "PutUserPolicy",
            [
                "UserName": "caller", "PolicyName": "grant",
                "PolicyDocument": .text(String(decoding: data, as: UTF8.self)),
            ])
    }

    func filled(_ input: Input) -> Input { input.mapValues { $0.filled(names) } }

    /// The operation of a case, called by the user without permissions or by root.
    func call(_ operation: OperationCase, with changes: Input = [:], asRoot: Bool = false) async throws -> Answer {
        let input = operation.input.merging(changes) { $1 }
        return try await house.call(operation.service, operation.name, filled(input), as: asRoot ? house.root : caller)
    }
}

/// A statement of an identity policy.
struct Statement {
    var effect = "Allow"
    var action = "*"
    var resource = "*"
    var condition: [String: [String: String]] = [:]

    var json: [String: Any] {
        var json: [String: Any] = ["Effect": effect, "Action": action, "Resource": resource]
        if !condition.isEmpty { json["Condition"] = condition }
        return json
    }
}
