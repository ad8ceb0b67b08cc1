import AccessAnalyzerAPI
import HTTP
import Smithy
import Testing
@testable import Wire

/// Defends: REST JSON, as Access Analyzer speaks it.
struct RESTJSONTests {
    private func decode(_ target: String, _ body: String) throws -> Decoded<AccessAnalyzer.ValidatePolicy.Input> {
        let head = makeHead("POST", target, [("Host", "localhost"), ("Content-Type", "application/json")])
        guard let route = testRoute(head, scope: "access-analyzer") else { throw WireError("NoRoute", "") }
        guard route.operation == .known("ValidatePolicy") else { throw WireError("WrongRoute", "\(route.operation)") }
        return try WireTests.decode(AccessAnalyzer.ValidatePolicy.self, head, route, .bytes(Array(body.utf8)))
    }

    @Test func readsQueryAndBody() throws {
        let decoded = try decode(
            "/policy/validation?maxResults=7&nextToken=a%2Bb%3D",
            #"{"policyDocument":"{}","policyType":"RESOURCE_POLICY","locale":null,"colour":1}"#)
        #expect(decoded.input.maxResults == 7)
        #expect(decoded.input.nextToken == "a+b=")
        #expect(decoded.input.policyDocument == "{}")
        #expect(decoded.input.policyType == .resourcePolicy)
        #expect(decoded.input.locale == nil)
        #expect(decoded.unknownParameters == ["colour"])
    }

    /// A member of the query is none of the body, and the other way round.
    @Test func membersHaveOnePlace() throws {
        let decoded = try decode(
            "/policy/validation?policyType=IDENTITY_POLICY",
            #"{"policyDocument":"{}","policyType":"RESOURCE_POLICY","maxResults":7}"#)
        #expect(decoded.input.maxResults == nil)
        #expect(decoded.input.policyType == .resourcePolicy)
        #expect(decoded.unknownParameters == ["policyType", "maxResults"])
    }

    @Test(arguments: [
        "[]", "{", "{\"policyDocument\":1}", "{\"policyDocument\":\"a\",\"policyDocument\":\"b\"}", "{}{}",
    ])
    func refusesMalformedBodies(_ body: String) {
        let error = #expect(throws: WireError.self) { try decode("/policy/validation", body) }
        #expect(error?.code == "SerializationException")
        #expect(error?.httpStatus == 400)
    }

    @Test(arguments: [
        ("", "2 validation errors detected: "), ("{}", "2 validation errors detected: "),
        (#"{"policyDocument":"{}","policyType":"MAGIC"}"#, "Value 'MAGIC' at 'policyType'"),
    ])
    func tellsWhatIsMissing(_ body: String, _ words: String) {
        let error = #expect(throws: WireError.self) { try decode("/policy/validation", body) }
        #expect(error?.code == "ValidationException")
        #expect(error?.message.contains(words) == true)
        #expect(error?.fields == [ErrorField("reason", "fieldValidationFailed")])
    }

    @Test func refusesNumbersThatAreNone() {
        let error = #expect(throws: WireError.self) {
            try decode("/policy/validation?maxResults=x", #"{"policyDocument":"{}","policyType":"IDENTITY_POLICY"}"#)
        }
        #expect(error?.code == "SerializationException")
    }

    @Test func writesAnswersAndErrors() {
        let codec = Codec(AccessAnalyzer.service)
        let answer = codec.encode(
            AccessAnalyzer.ValidatePolicy.self,
            .init(
                findings: [
                    .init(
                        findingDetails: "a", findingType: .error, issueCode: "B", learnMoreLink: "c",
                        locations: [
                            .init(
                                path: [.init(value: "Statement"), .init(index: 0)],
                                span: .init(
                                    start: .init(line: 1, column: 0, offset: 0),
                                    end: .init(line: 1, column: 2, offset: 2)))
                        ])
                ], nextToken: "t"), testIdentity)
        #expect(answer.status == 200)
        #expect(headerText(answer).contains("Content-Type: application/json\r\n"))
        #expect(
            text(answer)
                == #"{"findings":[{"findingDetails":"a","findingType":"ERROR","issueCode":"B","learnMoreLink":"c","#
                + #""locations":[{"path":[{"value":"Statement"},{"index":0}],"span":{"start":{"line":1,"column":0,"#
                + #""offset":0},"end":{"line":1,"column":2,"offset":2}}}]}],"nextToken":"t"}"#)
        let error = codec.encode(error: WireError("AccessDeniedException", "No.", status: 403), testIdentity)
        #expect(error.status == 403)
        #expect(text(error) == #"{"message":"No."}"#)
        #expect(headerText(error).contains("x-amzn-ErrorType: AccessDeniedException\r\n"))
        #expect(codec.unknownOperation("ListAnalyzers").code == "UnknownOperationException")
        #expect(codec.unknownOperation("ListAnalyzers").httpStatus == 404)
        #expect(codec.unknownOperation("ListAnalyzers").message.contains("ListAnalyzers is not implemented"))
        #expect(!codec.unknownOperation(nil).message.isEmpty)
    }

    /// Defends: `/tags/{arn}`, which several services have, goes where the signature says.
    @Test func tagsGoToTheServiceSignedFor() throws {
        let arn = "arn%3Aaws%3Aaccess-analyzer%3Aus-east-1%3A111122223333%3Aanalyzer%2Fa"
        let head = makeHead("GET", "/tags/" + arn)
        let route = try #require(testRoute(head, scope: "access-analyzer"))
        #expect(route.operation == .known("ListTagsForResource"))
        #expect(
            route.label("resourceArn")
                == Array("arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a".utf8))
        #expect(testRoute(head, scope: "s3")?.operation == .known("GetObject"))
    }
}
