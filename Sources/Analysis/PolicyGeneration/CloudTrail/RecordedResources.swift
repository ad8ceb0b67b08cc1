import Catalogue

/// Finds what an event acted on: in the ARNs that the record names, else in its parameters, by the names that the
/// catalogue gives the parts of ARNs. What neither tells stays a wildcard within the type, the account and the Region.
struct RecordedResources {
    let record: CloudTrailRecord
    let action: KnownAction

    func find() -> [UsedResource] {
        guard !action.hasNoResourceTypes, let service = action.service, let entry = action.entry else { return [.none] }
        if service.prefix == "s3", let found = S3RecordedResources(record).find(action.name) { return found }
        let candidates = self.candidates(service)
        var found: [UsedResource] = []
        var partly: [UsedResource] = []
        for target in entry.resources {
            guard let type = service.resourceType(target.type) else { continue }
            let named = candidates.filter { $0.type == type.name }.map { UsedResource.arn($0.arn) }
            if !named.isEmpty {
                found += named.flatMap { special(type.name, $0) }
                continue
            }
            for text in type.arns {
                guard let template = ResourceTemplate(text, type: type.name) else { continue }
                let filled = TemplateFilling(record, template)
                if filled.isWhole || target.isRequired {
                    found += filled.resources.flatMap { special(type.name, $0) }
                } else {
                    partly += filled.resources
                }
            }
        }
        // Where every type is one of several that it may be, and the record names none, any of them was meant.
        return found.isEmpty ? (partly.isEmpty ? [.none] : partly) : found
    }

    /// The ARNs of the record that are of one of the action's types, each with its type.
    private func candidates(_ service: ServiceAuthorization) -> [(type: String, arn: String)] {
        let all = service.resourceTypes.flatMap { type in
            type.arns.compactMap { ResourceTemplate($0, type: type.name) }
        }
        var arns = record.resourceARNs + record.parameters.map(\.text).filter { $0.hasPrefix("arn:") }
        if service.prefix == "iam" { arns += record.responseARNs }
        var seen: Set<ExactText> = []
        return arns.filter { seen.insert(ExactText($0)).inserted }.compactMap { arn in
            ResourceTemplate.best(for: arn, among: all).map { ($0.template.type, arn) }
        }
    }

    /// What the record's name for a resource leaves open.
    private func special(_ type: String, _ resource: UsedResource) -> [UsedResource] {
        switch (action.prefix, resource) {
        // Of a log group, some actions are asked about with `:*` behind its name.
        case ("logs", .arn(let arn)) where type == "log-group" && !arn.hasSuffix(":*"):
            return [resource, .oneOf(PatternText.literal(arn) + ":*")]
        case ("logs", .arn(let arn)) where type == "log-group":
            let bare = String(arn.dropLast(2))
            return [.arn(bare), .oneOf(PatternText.literal(bare) + ":*")]
        // IAM names are told without their path, which the ARN has.
        case ("iam", .arn(let arn)) where !record.responseARNs.contains(arn) && isWithoutPath(arn):
            let slash = arn.lastIndex(of: "/") ?? arn.endIndex
            return [resource, .oneOf(PatternText.literal(arn[..<slash]) + "/*" + PatternText.literal(arn[slash...]))]
        // The ARN of a secret ends in six characters of chance.
        case ("secretsmanager", .arn(let arn)) where !record.resourceARNs.contains(arn) && !isGivenAsARN(arn):
            return [.oneOf(PatternText.literal(arn) + "-??????")]
        default: return [resource]
        }
    }

    private func isGivenAsARN(_ arn: String) -> Bool { record.parameters.contains { $0.text == arn } }

    /// True if the ARN was put together from a name, and a path may belong between.
    private func isWithoutPath(_ arn: String) -> Bool {
        !isGivenAsARN(arn) && !record.resourceARNs.contains(arn) && arn.count { $0 == "/" } == 1
            && record.texts("path").isEmpty
    }
}

/// What S3's records say of buckets and objects.
struct S3RecordedResources {
    private let record: CloudTrailRecord

    init(_ record: CloudTrailRecord) { self.record = record }

    /// Nil where the action is not about buckets or objects.
    func find(_ action: String) -> [UsedResource]? {
        let types = KnownAction(action).entry?.resources.map(\.type) ?? []
        guard types.contains("bucket") || types.contains("object") else { return nil }
        if let source = record.texts("xamzcopysource").first, action.hasPrefix("s3:GetObject") {
            return [.arn(prefix + (source.hasPrefix("/") ? String(source.dropFirst()) : source).prefix { $0 != "?" })]
        }
        guard let bucket = record.texts("bucketname").first ?? record.texts("bucket").first else { return nil }
        let bucketARN = bucket.hasPrefix("arn:") ? bucket : prefix + bucket
        guard types.contains("object") else { return [.arn(bucketARN)] }
        let start = bucketARN + (bucket.hasPrefix("arn:") ? "/object/" : "/")
        let keys = record.texts("key")
        // The keys of DeleteObjects are not recorded.
        guard !keys.isEmpty else { return [.oneOf(PatternText.literal(start) + "*")] }
        return keys.map { .arn(start + $0) }
    }

    private var prefix: String { "arn:\(record.partition):s3:::" }
}
