import Foundation
import IAMAPI

extension OperationCase {
    /// A certificate of nobody's key: it was thrown away.
    private static let certificate =
        "MIIDFzCCAf+gAwIBAgIUe+jWA3ogJm7zzOhIPriaBpufR1AwDQYJKoZIhvcNAQELBQAwGjEYMBYGA1UEAwwPaWRwLmV4YW1wbGUu"
        + "Y29tMCAXDTI2MTEyNTE3MTMxMVoYDzIxMjYxMTAxMTcxMzExWjAaMRgwFgYDVQQDDA9pZHAuZXhhbXBsZS5jb20wggEiMA0GCSqG"
        + "SIb3DQEBAQUAA4IBDwAwggEKAoIBAQDKFBJPUPYPcia0OBZzOQAYwWngwD7Fme9YSLvLdibDjtzZqBiVFVujk0+uU8TpW3OxFx70"
        + "0nU5b18m9iWNIcHKON6ng+DCke0+b80tid3iMuHpxarvB47jBtBcxgFJ8Icgb0A8mxypy8oDjtZGmdQb2bOZhMV3zAtyd+Vcw+2G"
        + "UM9DNzKoq6zdgpdP5s4HiqMLsrENYodE4h8JdS7QNPcKBhHDPxkBZ7+UunPBdN0GgDNV0VDguX6PFNaRkYH3DR+Te0bQtO4Ct0ok"
        + "NgYY8Nzy1VKg83s92Vn7RbuSNd8n3kv8f/pZ6iZjQAyiVLU2eii2lmwncFRcG6eR2C8R7NLRAgMBAAGjUzBRMB0GA1UdDgQWBBSe"
        + "hQSW+DC3wQTGH8FiIxNdSexfOTAfBgNVHSMEGDAWgBSehQSW+DC3wQTGH8FiIxNdSexfOTAPBgNVHRMBAf8EBTADAQH/MA0GCSqG"
        + "SIb3DQEBCwUAA4IBAQABFgOM5o58AkiBMecunfnLT6IwN/gc2jWMeKJs/u121Bv8VASFM1bYXaiH+3Ncm8t60AFF7nNfZ621zkP6"
        + "scerO7nmhkcd/IHyLktL2PsVzCQ7siI6HEgi4G+7xyknxbuxLVkTa+ITqHbLm3glv0xIPbukApG78GnXJHECs8kaGuRC60Rcy4+/"
        + "SwWLf42ScOpYGHMsZIsVShOCRp2CTvl1we2nq4MOzH9b/FVJ7QtEkh3vw6b1FTOrze1arHHJFvS4pzrRuek2ItgecP9m4USD2O3m"
        + "0IcgWHfyvlvabvOMOk5o4GQ+lqmD/WkKfVxwLpVQKiKuvUctV2OHSHSJpGNP"

    /// What a SAML provider says of itself.
    static let metadata =
        #"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">"#
        + #"<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">"#
        + #"<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>"#
        + "<ds:X509Certificate>\(certificate)</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        + #"<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" "#
        + #"Location="https://idp.example.com/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>"#
}

extension Stage {
    /// One provider of each kind, tagged, as everything on the stage.
    static func providers(_ house: House) async throws {
        let guarded = tags(["guard": "on", "team": "blue"])
        try await house.must(
            IAM.service, "CreateOpenIDConnectProvider",
            [
                "Url": "https://id.example.com/tenant", "ClientIDList": ["app", "other"],
                "ThumbprintList": ["0123456789abcdef0123456789abcdef01234567"], "Tags": guarded,
            ])
        try await house.must(
            IAM.service, "CreateSAMLProvider",
            ["Name": "corporate", "SAMLMetadataDocument": .text(OperationCase.metadata), "Tags": guarded])
    }
}
