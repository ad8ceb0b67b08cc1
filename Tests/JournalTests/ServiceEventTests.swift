import AWS
import Testing
import World

@testable import Journal

/// Defends the records of what AWS itself does, and what can be seen of a record without reading all of it.
@Suite struct ServiceEventTests {
    private func event(_ kind: Event.Kind, errorCode: String? = nil) throws -> Event {
        let account = try #require(AccountID("111122223333"))
        return Event(
            kind: kind, id: "00000000-0000-4000-8000-000000000001", time: Instant(seconds: 1_700_000_000),
            account: account, region: .usEast1, source: "kms.amazonaws.com", name: "RotateKey", isReadOnly: false,
            category: .management, identity: EventIdentity(internalTo: account),
            sourceAddress: EventIdentity.internalName, userAgent: EventIdentity.internalName,
            requestID: "00000000-0000-4000-8000-000000000002", errorCode: errorCode,
            serviceDetails: kind == .service ? Array(#"{"keyId":"k"}"#.utf8) : nil,
            resources: [Event.Resource(account: account, type: "AWS::KMS::Key", arn: "arn:k")])
    }

    @Test func theRecordIsCloudTrails() throws {
        #expect(
            String(decoding: try event(.service).record(), as: UTF8.self)
                == #"{"eventVersion":"1.11","userIdentity":{"accountId":"111122223333","invokedBy":"AWS Internal"},"#
                + #""eventTime":"2023-11-14T22:13:20Z","eventSource":"kms.amazonaws.com","eventName":"RotateKey","#
                + #""awsRegion":"us-east-1","sourceIPAddress":"AWS Internal","userAgent":"AWS Internal","#
                + #""requestParameters":null,"responseElements":null,"#
                + #""eventID":"00000000-0000-4000-8000-000000000001","readOnly":false,"#
                + #""resources":[{"accountId":"111122223333","type":"AWS::KMS::Key","ARN":"arn:k"}],"#
                + #""eventType":"AwsServiceEvent","serviceEventDetails":{"keyId":"k"},"managementEvent":true,"#
                + #""recipientAccountId":"111122223333","eventCategory":"Management"}"#)
    }

    @Test func theOutcomeIsSeen() throws {
        let done = try #require(Entry(Entry.pack(try event(.apiCall))))
        #expect(!done.isFailure && done.requestID == "00000000-0000-4000-8000-000000000002")
        #expect(try #require(Entry(Entry.pack(try event(.apiCall, errorCode: "Failed")))).isFailure)
        #expect(try #require(Entry(Entry.pack(try event(.service)))).requestID == nil)
    }
}
