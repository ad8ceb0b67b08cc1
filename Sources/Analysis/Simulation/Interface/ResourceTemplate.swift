import AWS
import Catalogue

/// How the simulator names the resource of a result: the ARN itself, or for several a template of their kind.
enum ResourceTemplate {
    static func name(of action: String, _ resources: [String]) -> String {
        guard let first = resources.first else { return "*" }
        guard resources.count > 1 else { return first }
        guard let template = template(of: action) else { return "*" }
        let partition = ARN(first).map { String($0.partition) } ?? "aws"
        guard let start = template.firstRange(of: "${Partition}") else { return template }
        return template[..<start.lowerBound] + partition + template[start.upperBound...]
    }

    /// The ARN of the first resource type the action must name, or may. Nil where it has none, or is not known.
    private static func template(of action: String) -> String? {
        let parts = action.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let service = ServiceAuthorization.find(parts[0]), let found = service.action(parts[1])
        else { return nil }
        // The simulator's own names for these, as observed; they differ from the reference's.
        if service.prefix == "iam", !found.resources.isEmpty {
            return "arn:${Partition}:iam::${Account}:${ResourceType}/${ResourceName}"
        }
        // Of S3's many kinds (access points among them) the simulator means objects and buckets.
        let common = service.prefix == "s3" ? ["object", "bucket"] : []
        let target =
            common.lazy.compactMap { type in found.resources.first { $0.type == type } }.first
            ?? found.resources.first(where: \.isRequired) ?? found.resources.first
        guard let target, let arn = service.resourceType(target.type)?.arns.first else { return nil }
        return service.prefix == "s3" && target.type == "object"
            ? "arn:${Partition}:s3:::${BucketName}/${KeyName}" : arn
    }
}
