import Authorization

/// Values that the key they are compared with never has.
enum ValueChecks {
    static func check(_ examination: Examination, _ report: inout Report) {
        for statement in examination.statements {
            for condition in statement.conditions {
                checkAddresses(condition, &report)
                for operand in condition.operands where !operand.text.contains("${") {
                    checkNames(condition, operand, &report)
                }
            }
        }
    }

    private static func checkNames(
        _ condition: ConditionOutline, _ operand: ConditionOutline.Operand, _ report: inout Report
    ) {
        guard condition.operation.family == .string else { return }
        let isLike = condition.operation.isLike && WildText.isWild(operand.text)
        switch condition.keyName {
        case "aws:requestedregion", "ec2:region":
            guard !WildText.isWild(operand.text), !RegionNames.isKnown(operand.text) else { return }
            report.add(
                .invalidRegion, "There is no Region \"\(operand.text)\".", mend: "Mend the name of the Region.",
                at: operand.place)
        case "aws:sourcevpc", "aws:ec2instancesourcevpc":
            guard !isLike, !isID(operand.text, "vpc-") else { return }
            report.add(
                .invalidVpcFormat, "\"\(operand.text)\" is no VPC: ids are vpc- with 8 or 17 letters and digits.",
                mend: "Write the VPC's id.", at: operand.place)
        case "aws:sourcevpce":
            guard !isLike, !isID(operand.text, "vpce-") else { return }
            report.add(
                .invalidVpceFormat,
                "\"\(operand.text)\" is no VPC endpoint: ids are vpce- with 8 or 17 letters and digits.",
                mend: "Write the endpoint's id.", at: operand.place)
        case "iam:passedtoservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast",
            "aws:principalservicename", "aws:principalservicenameslist", "iam:awsservicename":
            guard !isLike, !isServicePrincipal(operand.text) else { return }
            tellForm(operand, "SERVICE.amazonaws.com", &report)
        case "kms:viaservice":
            let labels = operand.text.split(separator: ".", omittingEmptySubsequences: false)
            guard !isLike,
                labels.count < 4 || !operand.text.contains(".amazonaws.com")
                    || operand.text != operand.text.lowercased()
            else { return }
            tellForm(operand, "SERVICE.REGION.amazonaws.com", &report)
        default: break
        }
    }

    private static func tellForm(_ operand: ConditionOutline.Operand, _ form: String, _ report: inout Report) {
        report.add(
            .invalidServicePrincipalFormat, "\"\(operand.text)\" is not how services are named here.",
            mend: "Use the form \(form), in lower case.", at: operand.place)
    }

    static func isServicePrincipal(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
        let ends = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal", ".aws.com", ".amazonaws.eu"]
        return isPlain && ends.contains { text.hasSuffix($0) && text.utf8.count > $0.utf8.count }
    }

    private static func isID(_ text: String, _ prefix: String) -> Bool {
        guard text.hasPrefix(prefix) else { return false }
        let rest = text.utf8.dropFirst(prefix.utf8.count)
        return (rest.count == 8 || rest.count == 17)
            && rest.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
    }

    // Addresses.

    /// Networks whose addresses never reach AWS from outside.
    /// - Source: RFC 1918, RFC 4193, RFC 1122.
    private static let privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7"]
        .compactMap { OperandReading.network($0) }

    static func isPrivate(_ network: OperandReading.Network) -> Bool {
        privateNetworks.contains { known in
            known.isIPv4 == network.isIPv4 && network.length >= known.length
                && (network.bits ^ known.bits) >> UInt128(known.width - known.length) == 0
        }
    }

    private static func checkAddresses(_ condition: ConditionOutline, _ report: inout Report) {
        guard condition.operation.family == .address else { return }
        let networks = condition.operands.compactMap { operand in
            OperandReading.network(operand.text).map { (operand, $0) }
        }
        for (operand, network) in networks where network.hasHostBits {
            report.add(
                .improveIpRange,
                network.isIPv4
                    ? "The bits of \(operand.text) behind the mask are ignored."
                    : "An IPv6 range with bits behind the mask matches nothing.",
                mend: "Write \(network.text).", at: operand.place)
        }
        guard condition.keyName == "aws:sourceip", !networks.isEmpty else { return }
        let inner = networks.filter { isPrivate($0.1) }
        guard !inner.isEmpty else { return }
        let isAll = inner.count == condition.operands.count
        let isNegated = condition.operation.isNegated
        let check: Check =
            switch (isAll, isNegated) {
            case (true, false): .privateIpAddress
            case (true, true): .privateNotipaddress
            case (false, false): .privateIpAddressSubset
            case (false, true): .privateNotipaddressSubset
            }
        report.add(
            check,
            "aws:SourceIp is a public address; it is never one of \(inner.map(\.0.text).joined(separator: ", "))"
                + (isAll ? isNegated ? ", so the condition always holds." : ", so the condition never holds." : "."),
            mend: "Name public addresses; for private ones use aws:VpcSourceIp with aws:SourceVpc.",
            at: isAll ? [condition.place] : inner.map(\.0.place))
    }
}

extension OperandReading.Network {
    /// In CIDR, host bits cleared.
    var text: String {
        if isIPv4 {
            let parts = [24, 16, 8, 0].map { String(network >> UInt128($0) & 0xFF) }
            return parts.joined(separator: ".") + "/\(length)"
        }
        let groups = stride(from: 112, through: 0, by: -16).map { String(network >> UInt128($0) & 0xFFFF, radix: 16) }
        return groups.joined(separator: ":") + "/\(length)"
    }
}
