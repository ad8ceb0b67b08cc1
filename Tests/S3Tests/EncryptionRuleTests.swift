import Door
import KMSAPI
import S3API
@testable import S3Service
import Smithy
import Testing

@Suite struct EncryptionRuleTests {
    @Test("a bucket's settings change in what the request says, and in nothing else")
    func bucketSettings() throws {
        func changed(_ now: BucketEncryption, _ rule: S3.ServerSideEncryptionRule) throws -> BucketEncryption {
            try now.changed(by: .init(rules: [rule]))
        }
        let kms = try changed(
            .original,
            .init(
                applyServerSideEncryptionByDefault: .init(sSEAlgorithm: .awsKms, kMSMasterKeyID: "k"),
                bucketKeyEnabled: true))
        #expect(kms == BucketEncryption(algorithm: .kms, key: "k", usesBucketKey: true, blocksCustomerKeys: true))
        let open = try changed(kms, .init(blockedEncryptionTypes: .init(encryptionType: [S3.EncryptionType.none])))
        #expect(open == BucketEncryption(algorithm: .kms, key: "k", usesBucketKey: true, blocksCustomerKeys: false))
        let plain = try changed(open, .init(applyServerSideEncryptionByDefault: .init(sSEAlgorithm: .aes256)))
        #expect(plain == BucketEncryption(algorithm: .s3, key: nil, usesBucketKey: false, blocksCustomerKeys: false))
        #expect(plain.shape.rules[0].blockedEncryptionTypes?.encryptionType == [S3.EncryptionType.none])
        #expect(throws: S3.InvalidArgument.self) {
            try changed(
                .original,
                .init(applyServerSideEncryptionByDefault: .init(sSEAlgorithm: .awsKmsDsse), bucketKeyEnabled: true))
        }
    }

    @Test("what KMS refuses is told under S3's names; denials and faults stay what they are")
    func failures() throws {
        let told = { (error: any Error) in (KeyFailure.told(error) as? any ServiceError)?.code }
        #expect(told(KMS.KMSInvalidStateException(message: "")) == "KMS.KMSInvalidStateException")
        #expect(told(KMS.InvalidKeyUsageException(message: "")) == "KMS.InvalidKeyUsageException")
        #expect(told(KMS.KeyUnavailableException(message: "")) == "ServiceUnavailable")
        #expect(told(KMS.KMSInternalException(message: "")) == "ServiceUnavailable")
        #expect(told(AccessDenied("no")) == "AccessDenied" && told(Failure.internalFailure) == "InternalFailure")
        let refusal = try #require(KeyFailure.told(KMS.DisabledException(message: "off")) as? S3Refusal)
        #expect(refusal.httpStatus == 400 && refusal.message == "off")
    }
}
