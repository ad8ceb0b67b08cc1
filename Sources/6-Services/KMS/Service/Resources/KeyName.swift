import AWS
import Door
import KMSAPI
import World

/// How a request names a key: by its id, by an alias, or by the ARN of either. Only ARNs reach other accounts.
/// - Source: KMS Developer Guide, "Key identifiers (KeyId)".
struct KeyName: Sendable, Equatable {
    enum Part: Sendable, Equatable {
        case id(String)
        /// With `alias/`.
        case alias(String)
    }

    let account: AccountID
    let region: Region
    let part: Part
    /// When it was asked for: a key whose waiting period was over then is not there.
    let asked: Instant

    /// - Throws: `NotFoundException` for what can name no key of this Region, as KMS does.
    init(_ text: String, for facts: RequestFacts) throws {
        asked = facts.now
        if let account = facts.account, let id = KeyName.id(text, in: account, facts.region) {
            (self.account, region, part) = (account, facts.region, .id(id))
            return
        }
        guard text.hasPrefix("arn:") else {
            (account, region) = (try facts.signedAccount(), facts.region)
            part = try KeyName.part(text[...], text)
            return
        }
        guard let arn = ARN(text), arn.service == "kms", let account = arn.accountID, let region = Region(arn.region),
            arn.partition == facts.region.partition
        else { throw KMS.NotFoundException(message: "Invalid arn \(text)") }
        guard region == facts.region else { throw KMS.NotFoundException(message: "Invalid arn \(region)") }
        (self.account, self.region) = (account, region)
        if arn.resource.hasPrefix("key/") {
            part = try KeyName.part(arn.resource.dropFirst(4), text)
            guard case .id = part else { throw KMS.NotFoundException(message: "Invalid arn \(text)") }
        } else {
            part = try KeyName.part(arn.resource, text)
            guard case .alias = part else { throw KMS.NotFoundException(message: "Invalid arn \(text)") }
        }
    }

    /// As the account names its own keys in the Region; nil for what can name none of them.
    init?(_ text: String, of account: AccountID, in region: Region, asked: Instant) {
        var (resource, isWhole) = (text[...], false)
        if text.hasPrefix("arn:") {
            guard let arn = ARN(text), arn.service == "kms", arn.accountID == account,
                arn.region == region.description, arn.partition == region.partition
            else { return nil }
            isWhole = arn.resource.hasPrefix("key/")
            guard isWhole || arn.resource.hasPrefix("alias/") else { return nil }
            resource = Substring(isWhole ? String(arn.resource.dropFirst(4)) : String(arn.resource))
        }
        if resource.hasPrefix("alias/"), !isWhole {
            self.init(account, region, .alias(String(resource)), asked)
        } else if KeyName.isID(resource) {
            self.init(account, region, .id(String(resource)), asked)
        } else {
            return nil
        }
    }

    private init(_ account: AccountID, _ region: Region, _ part: Part, _ asked: Instant) {
        (self.account, self.region, self.part, self.asked) = (account, region, part, asked)
    }

    /// The same in another Region: of a multi-Region key, the one that is related to it.
    func `in`(_ other: Region) -> KeyName { KeyName(account, other, part, asked) }

    private static func part(_ name: Substring, _ text: String) throws -> Part {
        if name.hasPrefix("alias/") { return .alias(String(name)) }
        guard isID(name) else { throw KMS.NotFoundException(message: "Invalid keyId '\(text)'") }
        return .id(String(name))
    }

    /// The id in the ARN of a key of this account and Region, as nearly every call names it; nil of whatever else it is.
    private static func id(_ text: String, in account: AccountID, _ region: Region) -> String? {
        let bytes = text.utf8Span.span
        var at = 0
        func passes(_ part: String) -> Bool {
            let part = part.utf8Span.span
            guard at + part.count <= bytes.count else { return false }
            for index in part.indices where bytes[at + index] != part[index] { return false }
            at += part.count
            return true
        }
        guard passes("arn:"), passes(region.partition), passes(":kms:"), passes(region.description), passes(":"),
            passes(account.description), passes(":key/")
        else { return nil }
        let id = text.utf8.dropFirst(at)
        return isID(Substring(id)) ? String(Substring(id)) : nil
    }

    /// A UUID, or `mrk-` and 32 hexadecimal digits.
    static func isID(_ text: Substring) -> Bool {
        if text.hasPrefix("mrk-") {
            let digits = text.dropFirst(4)
            return digits.utf8.count == 32 && digits.utf8.allSatisfy { isLowerHexadecimal($0) }
        }
        guard text.utf8.count == 36 else { return false }
        var index = 0
        for byte in text.utf8 {
            let isDash = index == 8 || index == 13 || index == 18 || index == 23
            guard isDash ? byte == UInt8(ascii: "-") : isLowerHexadecimal(byte) else { return false }
            index += 1
        }
        return true
    }

    private static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    /// Of the key or of the alias.
    var arn: String {
        switch part {
        case .id(let id): KMSKey.arn(account, region, id)
        case .alias(let name): KMSKey.arn(account, region, alias: name)
        }
    }

    /// The refusal where only a key's own id will do.
    var unfit: KMS.NotFoundException { KMS.NotFoundException(message: "Invalid keyId '\(arn)'") }

    /// How KMS tells that there is none.
    var absence: KMS.NotFoundException {
        switch part {
        case .id: KMS.NotFoundException(message: "Key '\(arn)' does not exist")
        case .alias: KMS.NotFoundException(message: "Alias \(arn) is not found.")
        }
    }
}
