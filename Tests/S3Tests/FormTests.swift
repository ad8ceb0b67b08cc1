import AWS
import Authentication
import Crypto
import Door
import Formats
import HTTP
import KeyVault
import S3API
import Testing
import Wire
import World

@testable import S3Service

/// A form is PutObject to the gate and PostObject in the record, once, whatever comes of it.
struct FormTests {
    private static let secret = "a secret of a test, long enough"

    private struct OneKey: CredentialSource {
        let principal: Principal

        func credential(accessKeyID: String, sessionToken: [UInt8]?, now: Instant) throws -> CredentialLookup {
            var secret = Array(FormTests.secret.utf8)
            return .found(
                Credential(
                    accessKeyID: accessKeyID, secret: SecretBytes(taking: &secret), version: 1, principal: principal))
        }
    }

    private func front(_ yard: Yard) -> Front {
        Front(
            gate: yard.gate, authenticator: Authenticator(credentials: OneKey(principal: yard.root.caller.principal)),
            router: Router(services: [S3.service]), world: yard.world,
            operations: [.prepared(PutObject(objects: yard.objects))],
            messages: AuthorizationMessages(SoftwareKeyVault.ephemeral()))
    }

    /// The answer to a form whose policy says that, signed with Version 2.
    private func post(_ yard: Yard, _ conditions: String, file: String) async throws -> Response {
        let policy = Base64.encode(
            Array(#"{"expiration":"2100-01-01T00:00:00Z","conditions":[{"bucket":"b-1"},\#(conditions)]}"#.utf8))
        let signature = Base64.encode(
            HMACSHA1.authenticate(Array(policy.utf8), key: SecretBytes(Array(FormTests.secret.utf8))))
        var body = ""
        for (name, value) in [
            ("key", "k"), ("AWSAccessKeyId", "AKIAEXAMPLE"), ("policy", policy), ("signature", signature),
            ("file", file),
        ] { body += "--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n" }
        let head = RequestHead(
            method: "POST", target: "/b-1",
            headers: [("host", "s3.example"), ("content-type", "multipart/form-data; boundary=x")])
        return await front(yard).answer(head, BufferedBody(Array((body + "--x--").utf8)))
    }

    @Test func isRecordedOnceAsWhatItIs() async throws {
        let yard = try Yard()
        try await yard.makeBucket("b-1")
        let any = #"["starts-with","$key",""]"#
        #expect(try await post(yard, any, file: "12345").status == 204)
        #expect(try await post(yard, any + #",["content-length-range",0,3]"#, file: "12345").status == 400)
        #expect(try await post(yard, #"{"key":"other"}"#, file: "1").status == 403)
        #expect(try await yard.get("k").content == Array("12345".utf8))
        let records = try await yard.records(4)
        let (denied, tooLarge, stored) = (records[1], records[2], records[3])
        for record in [denied, tooLarge, stored] {
            #expect(record.contains(#""eventName":"PostObject""#) && record.contains(#""eventCategory":"Data""#))
        }
        #expect(stored.contains(#""SignatureVersion":"SigV2","AuthenticationMethod":"HtmlForm""#))
        #expect(stored.contains(#""bytesTransferredIn":5"#) && stored.contains(#""SSEApplied":"Default_SSE_S3""#))
        #expect(tooLarge.contains(#""errorCode":"EntityTooLarge""#) && denied.contains(#""errorCode":"AccessDenied""#))
        #expect(denied.contains("Policy Condition failed") && !denied.contains("SSEApplied"))
    }
}
