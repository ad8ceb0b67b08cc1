@_spi(Declared) import AWS
import Door
import World

/// The attributes of an assertion that AWS offers as condition keys.
/// - Source: IAM User Guide, "Configure SAML assertions for the authentication response": mapping SAML attributes; "IAM and
///   AWS STS condition context keys": available keys for SAML-based federation.
enum SAMLIdentityKeys {
    private static let eduPerson = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
    private static let eduOrg = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
    private static let claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

    /// Lists, however many values come.
    private static let lists: [String: String] = [
        eduPerson + "1": "edupersonaffiliation", eduPerson + "2": "edupersonnickname",
        eduPerson + "4": "edupersonorgunitdn", eduPerson + "7": "edupersonentitlement",
        eduPerson + "9": "edupersonscopedaffiliation", eduPerson + "10": "edupersontargetedid",
        eduPerson + "11": "edupersonassurance", eduOrg + "2": "eduorghomepageuri",
        eduOrg + "3": "eduorgidentityauthnpolicyuri", eduOrg + "4": "eduorglegalname",
        eduOrg + "5": "eduorgsuperioruri", eduOrg + "6": "eduorgwhitepagesuri", "urn:oid:2.5.4.3": "cn",
    ]

    /// The group's SID comes as `uid` too: so says the table of attributes, and a key of its own is in the list of keys.
    private static let singles: [String: [String]] = [
        eduPerson + "3": ["edupersonorgdn"], eduPerson + "5": ["edupersonprimaryaffiliation"],
        eduPerson + "6": ["edupersonprincipalname"], eduPerson + "8": ["edupersonprimaryorgunitdn"],
        claims + "name": ["name"], "http://schemas.xmlsoap.org/claims/CommonName": ["commonName"],
        claims + "givenname": ["givenName"], claims + "surname": ["surname"], claims + "emailaddress": ["mail"],
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid": ["uid", "primaryGroupSID"],
        "urn:oid:2.5.4.3": ["commonName"], "urn:oid:2.5.4.4": ["surname"], "urn:oid:2.5.4.42": ["givenName"],
        "urn:oid:2.5.4.45": ["x500UniqueIdentifier"], "urn:oid:0.9.2342.19200300100.1.1": ["uid"],
        "urn:oid:0.9.2342.19200300100.1.3": ["mail"], "urn:oid:0.9.2342.19200300100.1.45": ["organizationStatus"],
    ]

    /// Of a key that has one value two are none: a policy that denies by it would not see it. Such an assertion is refused.
    struct Ambiguous: Error {
        /// As `saml:uid`.
        let key: String
    }

    static func keys(_ attributes: [String: [String]]) throws(Ambiguous) -> [ConditionEntry] {
        var (keys, found): ([ConditionEntry], [String: String]) = ([], [:])
        for (name, values) in attributes.sorted(by: { $0.key < $1.key }) where !values.isEmpty {
            if let key = lists[name] { keys.append(ConditionEntry(MultivaluedKey("saml:" + key), values)) }
            for key in singles[name] ?? [] {
                // Two attributes may become one key.
                let value = found[key] ?? values[0]
                guard values.allSatisfy({ $0.hasSameBytes(as: value) }) else { throw Ambiguous(key: "saml:" + key) }
                found[key] = value
            }
        }
        return keys
            + found.sorted { $0.key < $1.key }.map { ConditionEntry(SingleValuedKey("saml:" + $0.key), $0.value) }
    }
}
