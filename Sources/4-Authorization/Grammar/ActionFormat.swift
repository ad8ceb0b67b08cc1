/// What an Action entry must look like to be stored.
enum ActionFormat {
    static func validate(_ action: String, kind: PolicyKind) throws(PolicyError) {
        guard action != "*" else { return }
        let parts = action.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count > 1 else {
            throw PolicyError(message: "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
        }
        guard parts.count == 2 else { throw PolicyError(message: "Actions/Condition can contain only one colon.") }
        let vendor = Substring(parts[0])
        let isWild = vendor == "*"
        guard
            isWild
                || !vendor.isEmpty
                    && vendor.utf8.allSatisfy({
                        isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
                    })
        else { throw PolicyError(message: "Vendor \(vendor) is not valid") }
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
