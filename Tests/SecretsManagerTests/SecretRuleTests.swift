import AWS
import SecretsManagerAPI
import Testing

@testable import SecretsManagerService

/// Defends what secrets are called, what their values are, and what passwords are made of.
@Suite struct SecretRuleTests {
    @Test(arguments: [
        ("app/db-AbC123", "app/db", "AbC123"), ("app/db", "app/db", nil), ("app/db-abc12", "app/db-abc12", nil),
        ("app-abcdef-AbC123", "app-abcdef", "AbC123"), ("-AbC123", "-AbC123", nil), ("db-AbC12!", "db-AbC12!", nil),
    ])
    func theEndOfAnARN(_ resource: String, _ name: String, _ suffix: String?) {
        let parts = SecretName.parts(resource)
        #expect(parts.name == name && parts.suffix == suffix)
    }

    @Test func whatNoSecretIsCalled() throws {
        try SecretName.check("aZ0/_+=.@-!")
        for name in ["a b", "a#", "\u{e9}", "a\n"] {
            #expect(throws: ValidationException.self) { try SecretName.check(name) }
        }
    }

    @Test(arguments: [
        ("credsDatabase#892", ["creds", "database", "892"]), ("HTTPServer", ["http", "server"]),
        ("DescTwo", ["desc", "two"]),
        ("COMPANYthings", ["compan", "ythings"]), ("prod/App_beta-1b+C", ["prod", "app", "beta", "1", "b", "c"]),
        ("ALL", ["all"]), ("a  b", ["a", "b"]), ("Ärzte", ["ärzte"]), ("+/ ", []), ("", []),
    ])
    func aSearchTakesTextsApart(_ text: String, _ words: [String]) { #expect(SearchWords(text).all == words) }

    @Test(arguments: [
        ("sec one", true), ("TWO", true), ("t o", true), ("ret", false), ("sec four", false), ("+", false), ("", false),
    ])
    func everyWordBeginsOne(_ sought: String, _ isFound: Bool) {
        #expect(SearchedWords(["SecretOne", "and two"]).have(SearchWords(sought)) == isFound)
    }

    @Test func suffixesAreSixLettersOrDigits() {
        let all = Set((0..<1000).map { SecretSuffix.of(request: "request \($0)") })
        #expect(all.count == 1000 && all.allSatisfy { SecretName.parts("a-" + $0).suffix == $0 })
        #expect(SecretSuffix.of(request: "one") == SecretSuffix.of(request: "one"))
    }

    @Test func valuesAreComparedByBytes() throws {
        #expect(SecretValue.text("\u{e9}") != .text("e\u{301}") && SecretValue.text("a") != .binary([97]))
        #expect(try SecretValue(text: nil, binary: nil) == nil)
        #expect(throws: SecretsManager.InvalidParameterException.self) { try SecretValue(text: "a", binary: [97]) }
        let long = String(repeating: "\u{e9}", count: SecretValue.longest / 2)
        #expect(try SecretValue(text: long, binary: nil)?.bytes.count == SecretValue.longest)
        #expect(throws: SecretsManager.InvalidParameterException.self) {
            try SecretValue(text: long + "x", binary: nil)
        }
    }

    @Test func shortNamesOfKeysAreTheOwners() throws {
        let account = try #require(AccountID("111122223333"))
        let head = "arn:aws:kms:us-east-1:111122223333:"
        #expect(KeyReference.arn("alias/x", of: account, in: .usEast1) == head + "alias/x")
        #expect(KeyReference.arn("1234", of: account, in: .usEast1) == head + "key/1234")
        #expect(KeyReference.arn("arn:x", of: account, in: .usEast1) == "arn:x")
        #expect(KeyReference.given("") == nil)
    }

    @Test func shortPasswordsHaveEachKind() throws {
        let input = SecretsManager.GetRandomPassword.Input(passwordLength: 5, includeSpace: true)
        for _ in 0..<200 {
            let text = try RandomPassword(input).made()
            #expect(text.utf8.count == 5 && text.contains(" ") && text.contains(where: \.isNumber))
            #expect(text.contains(where: \.isUppercase) && text.contains(where: \.isLowercase))
        }
        let any = SecretsManager.GetRandomPassword.Input(passwordLength: 1, requireEachIncludedType: false)
        #expect(try RandomPassword(any).made().utf8.count == 1)
    }

    @Test func tokensOfPages() throws {
        #expect(try PagePosition.parts(2, of: PagePosition.token("7", "a\nb")) == ["7", "a\nb"])
        #expect(try PagePosition.parts(2, of: nil) == nil)
        for token in ["", "x", "AXg=", "/////"] {
            #expect(throws: SecretsManager.InvalidNextTokenException.self) { try PagePosition.parts(2, of: token) }
        }
    }
}
