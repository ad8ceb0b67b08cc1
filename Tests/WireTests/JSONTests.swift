import CloudTrailAPI
import HTTP
import Smithy
import Testing
import World
@testable import Wire

/// Defends: AWS JSON 1.1, as CloudTrail speaks it.
struct JSONTests {
    @Test func reads() throws {
        let body = """
            {"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"Gr\\u00f6\\u00dfe"}],"StartTime":1767323045.5,
             "MaxResults":7,"NextToken":null,"Colour":{"a":[1,2,{"b":3}]}}
            """
        let decoded = try decodeJSON(CloudTrail.LookupEvents.self, Array(body.utf8))
        #expect(decoded.input.lookupAttributes?.map(\.attributeValue) == ["Größe"])
        #expect(decoded.input.lookupAttributes?.map(\.attributeKey) == [.eventName])
        #expect(decoded.input.startTime == Instant(milliseconds: 1_767_323_045_500))
        #expect(decoded.input.maxResults == 7)
        #expect(decoded.input.nextToken == nil)
        #expect(decoded.unknownParameters == ["Colour"])
        #expect(try decodeJSON(CloudTrail.LookupEvents.self, []).input.maxResults == nil)
    }

    /// Each malformed body has one documented answer.
    @Test(arguments: [
        "{", "[]", "nil", "{\"MaxResults\":}", "{\"MaxResults\":1,}", "{\"MaxResults\":\"1\"}", "{\"MaxResults\":1.5}",
        "{\"MaxResults\":99999999999}", "{\"MaxResults\":1,\"MaxResults\":2}", "{}{}", "{\"NextToken\":\"\\ud800\"}",
        "{\"NextToken\":\"a\nb\"}", "{\"StartTime\":\"yesterday\"}", "{\"StartTime\":1e300}",
        "{\"LookupAttributes\":{}}",
        "{\"LookupAttributes\":[null]}", "{\"x\":" + String(repeating: "[", count: 10_000) + "}",
        String(repeating: "[", count: 10_000),
    ])
    func refuses(_ body: String) {
        let error = #expect(throws: WireError.self) { try decodeJSON(CloudTrail.LookupEvents.self, Array(body.utf8)) }
        #expect(error?.code == "SerializationException")
        #expect(error?.httpStatus == 400)
    }

    @Test func refusesWhatIsNotUTF8() {
        let body = Array("{\"NextToken\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)
        let error = #expect(throws: WireError.self) { try decodeJSON(CloudTrail.LookupEvents.self, body) }
        #expect(error?.code == "SerializationException")
    }

    @Test func writes() {
        let event = CloudTrail.Event(eventId: "1", eventTime: Instant(milliseconds: 1_767_323_045_000), resources: [])
        let response = Codec(CloudTrail.service).encode(
            CloudTrail.LookupEvents.self, .init(events: [event]), testIdentity)
        #expect(text(response) == "{\"Events\":[{\"EventId\":\"1\",\"EventTime\":1767323045,\"Resources\":[]}]}")
        #expect(headerText(response).contains("Content-Type: application/x-amz-json-1.1\r\n"))
        #expect(headerText(response).contains("x-amzn-RequestId: 11112222"))
    }

    @Test func writesErrors() {
        let codec = Codec(CloudTrail.service)
        let response = codec.encode(
            error: CloudTrail.InvalidNextTokenException(message: "No such \"token\"."), testIdentity)
        #expect(text(response) == "{\"__type\":\"InvalidNextTokenException\",\"message\":\"No such \\\"token\\\".\"}")
        #expect(headerText(response).contains("x-amzn-ErrorType: InvalidNextTokenException\r\n"))
        #expect(codec.unknownOperation("Fly").code == "UnknownOperationException")
        #expect(codec.unknownOperation("Fly").message == "The operation Fly is not implemented by Gatehouse.")
    }
}
