import Testing
@testable import PolicyChecks

/// Defends: a finding says exactly where it is, in lines, columns and characters.
struct PlaceTests {
    @Test func syntaxErrorsHaveTheReadersPlace() throws {
        let findings = PolicyChecks.findings(in: "{\n  \"Version\": \"2012-10-17\",\n  }", for: PolicyUse(.identity))
        #expect(findings.map(\.code) == ["JSON_SYNTAX_ERROR"])
        let location = try #require(findings.first?.locations.first)
        #expect(location.start == Position(line: 3, column: 2, offset: 31))
        #expect(location.path.isEmpty)
    }

    @Test func charactersAreCountedNotBytes() {
        let text = SourceText(Array("é\n\u{1F600}x".utf8))
        #expect(text.position(2) == Position(line: 1, column: 1, offset: 1))
        #expect(text.position(7) == Position(line: 2, column: 1, offset: 3))
        #expect(text.position(99) == Position(line: 2, column: 2, offset: 4))
    }

    /// The example of the AWS CLI's documentation, with the places AWS gives. The value printed there is two characters
    /// shorter than the one that was sent, as its end tells.
    /// - Source: AWS CLI, "accessanalyzer validate-policy", Examples.
    @Test func placesAreThoseOfTheDocumentedExample() throws {
        let text = """
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "",
                        "Effect": "Allow",
                        "Principal": {
                            "Federated": "cognito-identity.amazonaws.com"
                        },
                        "Action": [
                            "sts:AssumeRole",
                            "sts:TagSession"
                        ],
                        "Condition": {
                            "StringEquals": {
                                "cognito-identity.amazonaws.com:aud": "us-west-2_EXAMPLE12"
                            }
                        }
                    }
                ]
            }
            """
        let findings = PolicyChecks.findings(in: text, for: PolicyUse(.resource))
        #expect(
            findings.map(\.code) == [
                "EMPTY_SID_VALUE", "MISMATCHED_ACTION_FOR_PRINCIPAL", "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
            ])
        let statement: [PathElement] = [.value("Statement"), .index(0)]
        func location(_ path: [PathElement], _ line: Int, _ columns: Range<Int>, _ offset: Int) -> Location {
            Location(
                path: statement + path, start: Position(line: line, column: columns.lowerBound, offset: offset),
                end: Position(line: line, column: columns.upperBound, offset: offset + columns.count))
        }
        let places: [[Location]] = [
            [location([.value("Sid")], 5, 19..<21, 79)],
            [
                location([.value("Action"), .index(0)], 11, 16..<32, 258),
                location([.value("Principal"), .value("Federated")], 8, 29..<61, 170),
            ],
            [
                location([.value("Action"), .index(1)], 12, 16..<32, 292),
                location(
                    [.value("Condition"), .value("StringEquals"), .value("cognito-identity.amazonaws.com:aud")], 16,
                    58..<79, 443),
            ],
        ]
        #expect(findings.map(\.locations) == places)
    }

    @Test func variablesAreParts() throws {
        let text =
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::ü/${}"}}"#
        let finding = try #require(
            PolicyChecks.findings(in: text, for: PolicyUse(.identity)).first { $0.code == "EMPTY_VARIABLE" })
        let place = try #require(finding.locations.first)
        #expect(place.path == [.value("Statement"), .value("Resource"), .substring(start: 15, length: 3)])
        #expect(place.end.offset - place.start.offset == 3)
    }

    @Test func keysAreTheirOwnPlaces() throws {
        let text = #"{"Version":"2012-10-17","Statement":[],"Colour":1}"#
        let place = try #require(PolicyChecks.findings(in: text, for: PolicyUse(.identity)).first?.locations.first)
        #expect(place.path == [.key("Colour")])
        #expect(place.start == Position(line: 1, column: 39, offset: 39))
        #expect(place.end.offset == 47)
    }
}
