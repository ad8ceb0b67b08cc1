import Door
import SSMAPI
import Smithy

/// What a parameter's next version is going to be, by what is asked for and what there is.
/// - Source: Systems Manager API Reference, "PutParameter"; User Guide, "Managing parameter tiers".
struct ParameterPlan: Sendable, Equatable {
    let type: SSM.ParameterType
    let tier: SSM.ParameterTier
    let number: Int
    /// As the request names it; nil for Parameter Store's own, and where nothing is encrypted.
    let keyID: String?

    /// Bytes of a value.
    static let standardValue = 4096
    static let advancedValue = 8192

    init(_ input: SSM.PutParameter.Input, existing: Parameter?) throws {
        guard existing == nil || input.overwrite == true else {
            throw SSM.ParameterAlreadyExists(
                message:
                    "The parameter already exists. To overwrite this value, set the overwrite option in the request "
                    + "to true.")
        }
        try ParameterPlan.checkTags(input)
        type = try ParameterPlan.type(input, existing)
        tier = try ParameterPlan.tier(input, existing?.tier)
        number = (existing?.version ?? 0) + 1
        try ParameterPlan.checkValue(input, tier)
        guard input.keyId == nil || type == .secureString else {
            throw Refused.invalid("KeyId is required for SecureString type parameter only.")
        }
        keyID = input.keyId
    }

    private static func checkTags(_ input: SSM.PutParameter.Input) throws {
        guard input.overwrite == true, input.tags?.isEmpty == false else { return }
        throw Refused.invalid(
            "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove "
                + "overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or "
                + "RemoveTagsFromResource.")
    }

    private static func type(_ input: SSM.PutParameter.Input, _ existing: Parameter?) throws -> SSM.ParameterType {
        guard let type = input.type ?? existing?.latest.type else {
            throw Refused.invalid("A parameter type is required when you create a parameter.")
        }
        if let before = existing?.latest.type, before != type {
            throw SSM.HierarchyTypeMismatchException(
                message: "Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you "
                    + "can't change a parameter from a String type to a SecureString type.")
        }
        return type
    }

    private static func tier(
        _ input: SSM.PutParameter.Input, _ existing: SSM.ParameterTier?
    ) throws -> SSM.ParameterTier {
        switch input.tier {
        case SSM.ParameterTier.advanced: return .advanced
        case SSM.ParameterTier.intelligentTiering:
            return existing == .advanced || input.value.utf8.count > standardValue ? .advanced : .standard
        case SSM.ParameterTier.standard:
            guard existing != .advanced else {
                throw Refused.invalid(
                    "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
                        + "advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the "
                        + "advanced parameter and recreate it as a standard parameter.")
            }
            return .standard
        default: return existing ?? .standard
        }
    }

    private static func checkValue(_ input: SSM.PutParameter.Input, _ tier: SSM.ParameterTier) throws {
        let value = input.value
        guard !value.isEmpty else {
            throw Refused.invalid(
                "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length "
                    + "greater than or equal to 1.")
        }
        guard value.firstRange(of: "{{") == nil || value.firstRange(of: "}}") == nil else {
            throw Refused.invalid(
                #"Parameter value can't nest another parameter. Do not use "{{}}" in the value."#)
        }
        let most = tier == .advanced ? advancedValue : standardValue
        guard value.utf8.count <= most else {
            let advice =
                tier == .advanced
                ? "" : " To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
            throw Refused.invalid(
                "\(tier.rawValue) tier parameters support a maximum parameter value of \(most) characters." + advice)
        }
    }

    /// Takes its time: not where others wait for a transaction to end.
    static func checkPattern(_ source: String?, _ value: String) throws {
        guard let source, !source.isEmpty else { return }
        guard let pattern = Pattern(untrusted: source) else {
            throw SSM.InvalidAllowedPatternException(
                message: "The request does not meet the regular expression requirement.")
        }
        guard pattern.matches(value) else {
            throw SSM.ParameterPatternMismatchException(
                message: "Parameter value, cannot be validated against allowedPattern: \(source)")
        }
    }

    /// Only plain text is understood; of images and integrations there are none to check it against.
    static func dataType(_ text: String?) throws -> String {
        switch text ?? "text" {
        case "text": return "text"
        case "aws:ec2:image", "aws:ssm:integration": throw NotImplemented("The data type \(text ?? "")")
        default:
            throw Refused.invalid(
                "The following data type is not supported: \(text ?? "") (Data type names are all lowercase.)")
        }
    }
}
