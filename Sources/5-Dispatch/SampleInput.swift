import HTTP
import Smithy
import World

/// Makes an input that satisfies a model's constraints, for asking an operation what it would ask of the policies.
///
/// Values depend on the model alone, so the same model gives the same sample.
struct SampleInput: ShapeDecoder {
    /// Whether optional members are given too.
    private var isFull: Bool
    private var member: MemberSchema?

    /// Members that only the answer of an earlier call can fill.
    private static let unmade: Set<String> = ["GrantToken", "GrantTokens"]
    /// Members that mean nothing without another: a copy has tags of its own only where it says so.
    private static let companions = ["Tagging": "TaggingDirective"]

    /// - Parameters:
    ///   - members: which optional ones are given, with all that is in them.
    ///   - without: members (model names) of the outermost structure that stay empty.
    static func make<Input: Shape>(
        _ type: Input.Type, _ members: SampleMembers, without: Set<String>
    ) throws(ShapeError) -> Input {
        var decoder = SampleInput(isFull: members == .all, member: nil)
        guard case .one(let name) = members else { return try decoder.fill(type, without: without) }
        var value = try decoder.fill(type, without: without.union([name]))
        decoder.isFull = true
        for name in [name] + [companions[name]].compactMap(\.self) where !without.contains(name) {
            guard let index = Input.schema.index(named: name) else { continue }
            decoder.member = Input.schema.members[index]
            try value.set(index, &decoder)
        }
        return value
    }

    private mutating func fill<T: Shape>(_ type: T.Type, without: Set<String>) throws(ShapeError) -> T {
        var value = T()
        let outer = member
        for (index, schema) in T.schema.members.enumerated()
        where (isFull && !T.schema.isUnion || schema.isRequired) && !without.contains(schema.name)
            && !SampleInput.unmade.contains(schema.name)
        {
            member = schema
            try value.set(index, &self)
        }
        member = outer
        return value
    }

    mutating func string() throws(ShapeError) -> String { SampleText.value(for: member) }
    mutating func integer() throws(ShapeError) -> Int { member?.minimum ?? 1 }
    mutating func boolean() throws(ShapeError) -> Bool { true }
    mutating func double() throws(ShapeError) -> Double { 1 }
    mutating func instant() throws(ShapeError) -> Instant { Instant(seconds: 1_767_323_045) }
    mutating func blob() throws(ShapeError) -> [UInt8] { [] }
    mutating func body() throws(ShapeError) -> StreamingBody { .none }

    mutating func enumeration<T: StringEnum>(_ type: T.Type) throws(ShapeError) -> T {
        T(rawValue: member?.name == "TaggingDirective" ? "REPLACE" : T.values.first ?? "")
    }

    mutating func structure<T: Shape>(_ type: T.Type) throws(ShapeError) -> T { try fill(type, without: []) }

    mutating func list<T: ShapeValue>(of type: T.Type) throws(ShapeError) -> [T] {
        let outer = member
        defer { member = outer }
        member = outer?.element
        return [try T.read(&self)]
    }

    mutating func map<T: ShapeValue>(to type: T.Type) throws(ShapeError) -> [String: T] {
        let outer = member
        defer { member = outer }
        member = outer?.element
        return ["sample": try T.read(&self)]
    }
}

/// Which optional members of an input a sample gives.
public enum SampleMembers: Sendable, Hashable {
    case none, all
    /// The one of that name (the model's) alone.
    case one(String)
}

/// Texts that read well in a document and fit the model.
private enum SampleText {
    private static let named: [String: String] = [
        "PolicyArn": "arn:aws:iam::111122223333:policy/sample",
        "PermissionsBoundary": "arn:aws:iam::111122223333:policy/sample",
        "RoleArn": SampleText.role, "Role": SampleText.role, "AccountId": "111122223333",
        "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "CopySource": "sample-source/sample", "Path": "/", "PathPrefix": "/",
        "OpenIDConnectProviderArn": "arn:aws:iam::111122223333:oidc-provider/id.example.com",
        "SAMLProviderArn": "arn:aws:iam::111122223333:saml-provider/sample", "Url": "https://id.example.com",
        "TargetPrincipal": "111122223333", "arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy",
        "PrincipalArn": "arn:aws:iam::111122223333:saml-provider/sample", "SigningAlgorithm": "ES384",
        "ExpectedBucketOwner": "111122223333", "KeyId": SampleText.key, "SourceKeyId": SampleText.key,
        "DestinationKeyId": SampleText.key, "TargetKeyId": SampleText.key, "AliasName": "alias/sample",
        "RetiringPrincipal": "arn:aws:iam::111122223333:user/sample",
        "GrantId": String(repeating: "0123456789abcdef", count: 4),
        "ResourceArn": "arn:aws:s3:::sample", "resourceArn": SampleText.analyzer, "analyzerArn": SampleText.analyzer,
    ]
    private static let analyzer = "arn:aws:access-analyzer:us-east-1:111122223333:analyzer/sample"
    private static let role = "arn:aws:iam::111122223333:role/sample"
    private static let key = "1234abcd-12ab-34cd-56ef-1234567890ab"
    private static let documents: Set<String> = ["PolicyDocument", "AssumeRolePolicyDocument", "Policy"]
    private static let document =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}"#
    private static let others = ["sample", "1", "/", "111122223333", "arn:aws:iam::111122223333:user/sample"]

    static func value(for member: MemberSchema?) -> String {
        guard let member else { return others[0] }
        // IAM's versions of policies have a form; of S3's, every object may have the one without a name.
        if member.name == "VersionId" { return member.pattern == nil ? "null" : "v1" }
        if let text = named[member.name] { return text }
        if documents.contains(member.name) { return document }
        return others.first { fits($0, member) } ?? String(repeating: "a", count: member.minimum ?? 1)
    }

    private static func fits(_ text: String, _ member: MemberSchema) -> Bool {
        text.utf8.count >= member.minimum ?? 0 && text.utf8.count <= member.maximum ?? .max
            && member.pattern?.matches(text) ?? true
    }
}
