import AWS
import Catalogue

/// ARNs of resources that name nothing.
/// - Source: IAM User Guide, "IAM JSON policy elements: Resource"; Service Authorization Reference, resource types.
enum ResourceChecks {
    static let partitions = [
        "aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc",
    ]

    static func check(_ examination: Examination, _ report: inout Report) {
        guard examination.use.kind != .trust else { return }
        for statement in examination.statements {
            for list in statement.resources {
                for entry in list.entries where entry.text != "*" {
                    checkARN(entry, &report)
                    checkFit(entry, examination.use, &report)
                }
            }
        }
    }

    private static func checkARN(_ entry: PlacedText, _ report: inout Report) {
        let fields = entry.text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard WildText.covers(WildText.opened(fields[0]), "arn") else {
            report.add(
                .invalidArnPrefix, "\"\(entry.text)\" is no ARN: it does not begin with arn:.",
                mend: "Write arn:partition:service:region:account:resource, or \"*\".", at: entry.place)
            return
        }
        guard fields.count == 6 || fields.last?.hasSuffix("*") == true || fields.last?.contains("${") == true else {
            report.add(
                .missingArnField, "The ARN has \(fields.count) of the 6 fields of an ARN.",
                mend: "Write arn:partition:service:region:account:resource.", at: entry.place)
            return
        }
        if fields.count > 1, !isOpen(fields[1]), !partitions.contains(fields[1]) {
            report.add(
                .invalidPartition, "There is no partition \"\(fields[1])\".",
                mend: "Use one of \(partitions.joined(separator: ", ")).", at: entry.place)
        }
        guard fields.count > 2 else { return }
        checkService(fields, entry, &report)
    }

    /// Services with resources that the reference does not list, as AWS's own policies show.
    private static let incomplete: Set<String> = ["apigateway", "backup", "cloudformation", "waf", "waf-regional"]
    /// Services with resources of AWS's own, whose ARNs name no account.
    private static let withPublicResources: Set<String> = ["ssm", "resource-explorer-2"]

    private static func isOpen(_ field: String) -> Bool { WildText.isWild(field) || field.contains("${") }

    private static func checkService(_ fields: [String], _ entry: PlacedText, _ report: inout Report) {
        let service = fields[2]
        guard !service.contains("${") else { return }
        if WildText.isWild(service) {
            // A lone star at the end of a short ARN stands for all that follows.
            guard fields.count == 6 || service != "*" else { return }
            report.add(
                .wildcardInServiceName,
                "The wildcard in the service's name also matches services that are still to come.",
                mend: "Name the services one by one.", at: entry.place)
            return
        }
        if service != service.lowercased() {
            report.add(
                .invalidArnServiceCase, "The service \"\(service)\" is written with capital letters.",
                mend: "Write \(service.lowercased()).", at: entry.place)
            return
        }
        let forms = ResourceARNs.forms(of: service)
        guard !forms.isEmpty || ServiceAuthorization.find(service) != nil else {
            let near = WildText.nearest(service, among: ServiceAuthorization.prefixes)
            report.add(
                .invalidService, "There is no service \"\(service)\".",
                mend: near.map { "Did you mean \($0)?" } ?? "Use a service of the Service Authorization Reference.",
                at: entry.place)
            return
        }
        guard fields.count == 6, !forms.isEmpty, !incomplete.contains(service) else {
            return checkLiterals(fields, entry, &report)
        }
        let resource = WildText.opened(fields[5])
        let fitting = forms.filter { WildText.intersects(resource, WildText.opened($0.resource)) }
        guard !fitting.isEmpty else {
            report.add(
                .invalidArnResource, "No resource of \(service) has an ARN that ends in \"\(fields[5])\".",
                mend: "Forms are for instance \(forms.prefix(3).map(\.resource).joined(separator: ", ")).",
                at: entry.place)
            return
        }
        checkPlace(fields, fitting, entry, &report)
        checkLiterals(fields, entry, &report)
    }

    /// Region and account, against the forms that the resource may have.
    private static func checkPlace(
        _ fields: [String], _ forms: [ResourceARNs.Form], _ entry: PlacedText, _ report: inout Report
    ) {
        let service = fields[2]
        if fields[3].isEmpty, forms.allSatisfy({ !$0.region.isEmpty }) {
            report.add(
                .missingArnRegion, "ARNs of this resource of \(service) have a Region; the ARN matches nothing.",
                mend: "Add the Region, or * for all.", at: entry.place)
        } else if !fields[3].isEmpty, !isOpen(fields[3]), forms.allSatisfy(\.region.isEmpty) {
            report.add(
                .arnRegionNotAllowed, "ARNs of this resource of \(service) have no Region.",
                mend: "Leave the field empty.", at: entry.place)
        }
        if fields[4].isEmpty, forms.allSatisfy({ !$0.account.isEmpty }), !withPublicResources.contains(service) {
            report.add(
                .missingArnAccount, "ARNs of this resource of \(service) name an account; the ARN matches nothing.",
                mend: "Add the 12 digits of the account, or * for all.", at: entry.place)
        } else if !fields[4].isEmpty, !isOpen(fields[4]), forms.allSatisfy(\.account.isEmpty) {
            report.add(
                .arnAccountNotAllowed, "ARNs of this resource of \(service) name no account.",
                mend: "Leave the field empty.", at: entry.place)
        }
    }

    private static func checkLiterals(_ fields: [String], _ entry: PlacedText, _ report: inout Report) {
        if fields.count > 3, !fields[3].isEmpty, !isOpen(fields[3]), !RegionNames.isKnown(fields[3]) {
            report.add(
                .invalidArnRegion, "There is no Region \"\(fields[3])\".", mend: "Mend the name of the Region.",
                at: entry.place)
        }
        guard fields.count > 4, !fields[4].isEmpty, !isOpen(fields[4]) else { return }
        guard AccountID(fields[4]) == nil, !["aws", "aws-managed", "cloudfront", "third-party"].contains(fields[4])
        else { return }
        report.add(
            .invalidArnAccount, "\"\(fields[4])\" is no account: accounts have 12 digits.",
            mend: "Write the account's 12 digits.", at: entry.place)
    }

    /// What the resource of an ARN must look like in a policy of that type.
    private static let services: [String: [String]] = [
        "AWS::S3::Bucket": ["s3"], "AWS::S3::AccessPoint": ["s3"], "AWS::S3::MultiRegionAccessPoint": ["s3"],
        "AWS::S3ObjectLambda::AccessPoint": ["s3-object-lambda"], "AWS::DynamoDB::Table": ["dynamodb"],
    ]

    private static func checkFit(_ entry: PlacedText, _ use: PolicyUse, _ report: inout Report) {
        guard let type = use.resourceType, let known = services[type] else { return }
        let fields = entry.text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 6, fields[0] == "arn" else { return }
        let isAccessPoint = fields[5].hasPrefix("accesspoint/") || fields[5].hasPrefix("accesspoint:")
        let isFitting =
            known.contains(fields[2]) && (fields[2] != "s3" || isAccessPoint == type.hasSuffix("AccessPoint"))
        guard !isFitting, !isOpen(fields[2]) else { return }
        report.add(
            .unsupportedResourceArnInPolicy,
            "The ARN is not one that a policy of a resource of the type \(type) can be about.",
            mend: "Name the resource that the policy is attached to.", at: entry.place)
    }
}

/// The names of Regions, those of closed partitions included.
enum RegionNames {
    static func isKnown(_ name: String) -> Bool { Region.known.contains(name) || others.contains(name) }

    private static let others: Set<String> = [
        "us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "us-isob-west-1", "eu-isoe-west-1", "us-isof-south-1",
        "us-isof-east-1", "eusc-de-east-1", "aws-global", "aws-cn-global", "aws-us-gov-global",
    ]
}
