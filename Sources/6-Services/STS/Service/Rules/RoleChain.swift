import Authentication
import Door
import Formats
import Journal
import STSAPI

/// What the caller's own session passes on to the session of the next role.
///
/// - Source: IAM User Guide, "Roles terms and concepts: role chaining", "Chaining roles with session tags", "Monitor and
///   control actions taken with assumed roles"; limits as observed on AWS, where sessions of users count as well.
struct RoleChain {
    /// The transitive tags of the calling session.
    let tags: [String: String]
    /// Set once for the whole chain.
    let sourceIdentity: String?
    let isFromSession: Bool

    private static let longestSession = 3600

    init(_ facts: RequestFacts) {
        guard let session = facts.caller.session else {
            (tags, sourceIdentity, isFromSession) = ([:], nil, false)
            return
        }
        (sourceIdentity, isFromSession) = (session.sourceIdentity, true)
        let keys = Set(session.transitiveTagKeys.map { $0.lowercased() })
        tags = session.tags.filter { keys.contains($0.key.lowercased()) }
    }

    /// One hour, whatever the role allows.
    func checkDuration(_ seconds: Int) throws {
        guard isFromSession, seconds > RoleChain.longestSession else { return }
        throw Invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
    }

    /// The source identity of the session to be; one that is set stays.
    func sourceIdentity(asking asked: String?) throws -> String? {
        guard let asked, let sourceIdentity, asked != sourceIdentity else { return asked ?? sourceIdentity }
        throw Invalid("The source identity is already set for this assume role session")
    }

    /// Records tell what came from the earlier session beside what was asked for.
    func recording(_ input: STS.AssumeRole.Input) -> Recording {
        guard !tags.isEmpty || sourceIdentity != nil else { return .shape }
        var (asked, encoder) = (input, RecordEncoder(timeStyle: .sts, subjectTypes: ["roleArn": "AWS::IAM::Role"]))
        asked.sourceIdentity = input.sourceIdentity ?? sourceIdentity
        guard let shape = encoder.encode(asked) else { return .shape }
        guard !tags.isEmpty else { return Recording(request: .json(shape), subjects: encoder.subjects) }
        var json = JSONWriter()
        json.beginObject()
        json.key("incomingTransitiveTags")
        json.beginObject()
        for (key, value) in tags.sorted(by: { $0.key < $1.key }) { json.member(key, value) }
        json.endObject()
        json.endObject()
        let both = json.bytes.dropLast() + Array(",".utf8) + shape.dropFirst()
        return Recording(request: .json(Array(both)), subjects: encoder.subjects)
    }
}
