import Foundation
import IAMAPI
import STSAPI
import Smithy
import Testing
import World

@testable import Journal

/// Defends: what the models call sensitive never gets into a record.
struct RedactionTests {
    private func text(_ shape: some Shape, _ style: RecordEncoder.TimeStyle = .iam) -> String {
        var encoder = RecordEncoder(timeStyle: style, subjectTypes: ["userName": "AWS::IAM::User"])
        return String(decoding: encoder.encode(shape) ?? [], as: UTF8.self)
    }

    @Test func secretsOfNewKeysAreLeftOut() {
        let key = IAM.AccessKey(
            userName: "alice", accessKeyId: "AKIAEXAMPLE", status: .active, secretAccessKey: "very-secret",
            createDate: Instant(milliseconds: 1_767_323_045_678))
        #expect(
            text(IAM.CreateAccessKey.Output(accessKey: key))
                == #"{"accessKey":{"userName":"alice","accessKeyId":"AKIAEXAMPLE","status":"Active","createDate":"Jan 2, 2026 3:04:05 AM"}}"#
        )
    }

    @Test func sessionSecretsAreLeftOut() {
        let credentials = STS.Credentials(
            accessKeyId: "ASIAEXAMPLE", secretAccessKey: "very-secret", sessionToken: "token",
            expiration: Instant(seconds: 1_767_358_800))
        let shown = text(STS.AssumeRole.Output(credentials: credentials), .sts)
        #expect(!shown.contains("very-secret"))
        #expect(shown.contains(#""expiration":"Jan 2, 2026, 1:00:00 PM""#))
    }

    @Test func emptyShapesAreNull() {
        var encoder = RecordEncoder(timeStyle: .iam, subjectTypes: [:])
        #expect(encoder.encode(IAM.DeleteUser.Output()) == nil)
    }

    @Test func subjectsAreFoundByName() {
        var encoder = RecordEncoder(timeStyle: .iam, subjectTypes: ["userName": "AWS::IAM::User"])
        _ = encoder.encode(IAM.DeleteUser.Input(userName: "alice"))
        #expect(encoder.subjects == [Event.Subject(type: "AWS::IAM::User", name: "alice")])
    }

    /// A record leaves such parameters out: nobody writes them all to find that.
    @Test func ofATextThatIsTooLongOnlyTheBeginIsWritten() {
        var encoder = RecordEncoder(timeStyle: .iam, subjectTypes: ["name": "AWS::IAM::SAMLProvider"])
        let input = IAM.CreateSAMLProvider.Input(
            sAMLMetadataDocument: String(repeating: "<é>", count: 2_500_000), name: "corporate")
        let bytes = encoder.encode(input) ?? []
        #expect(bytes.count > 100 << 10 && bytes.count < 200 << 10)
        #expect(encoder.subjects == [Event.Subject(type: "AWS::IAM::SAMLProvider", name: "corporate")])
        let short = String(repeating: "x", count: 100 << 10)
        let whole = text(IAM.CreateSAMLProvider.Input(sAMLMetadataDocument: short, name: "corporate"))
        #expect(whole.contains(short + "\""))
    }

    @Test(arguments: [
        (0, "Jan 1, 1970 12:00:00 AM"), (43_200, "Jan 1, 1970 12:00:00 PM"), (46_799, "Jan 1, 1970 12:59:59 PM"),
        (46_800, "Jan 1, 1970 1:00:00 PM"), (86_399, "Jan 1, 1970 11:59:59 PM"),
    ]) func hoursAreOfTwelve(_ seconds: Int64, _ expected: String) {
        #expect(RecordEncoder.text(Instant(seconds: seconds), .iam) == expected)
    }
}
