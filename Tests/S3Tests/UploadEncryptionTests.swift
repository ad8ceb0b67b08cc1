import Blobs
import Crypto
@testable import Door
import Formats
import KMSAPI
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

@Suite struct UploadEncryptionTests {
    private let yard: Yard
    private let first = large(Yard.partSize)
    private let last = Array("the end".utf8)

    init() async throws {
        yard = try Yard()
        try await yard.makeBucket("b-1")
    }

    private func kms(_ input: inout S3.CreateMultipartUpload.Input) {
        (input.serverSideEncryption, input.sSEKMSKeyId) = (.awsKms, "alias/one")
    }

    @Test("one data key for all parts, made at the beginning, and asked for with each step")
    func keyOfAllParts() async throws {
        for method in [S3.ServerSideEncryption.awsKms, .awsKmsDsse] {
            let done = try await yard.compose("k", first, last, as: yard.secure) {
                ($0.serverSideEncryption, $0.sSEKMSKeyId) = (method, "alias/one")
            }
            #expect(done.serverSideEncryption == method && done.sSEKMSKeyId == "arn:of:alias/one")
            #expect(areSame(try await yard.get("k", as: yard.secure).content, first + last))
            let parts = try yard.store.read {
                try $0.rows("SELECT reference, etag FROM s3_part") { ($0.blob(0), $0.blob(1)) }
            }
            for (reference, etag) in parts {
                let reference = try BlobReference(decoding: reference)
                await #expect(throws: BlobError.self) { try await yard.blobs.reader(reference) }
                #expect(etag != MD5.hash(first) && etag != MD5.hash(last))
            }
        }
        let calls = yard.kms.calls
        #expect(calls.prefix(5).map(\.operation) == ["GenerateDataKey", "Decrypt", "Decrypt", "Decrypt", "Decrypt"])
        #expect(calls.allSatisfy { $0.context == ["aws:s3:arn": "arn:aws:s3:::b-1/k"] })
    }

    @Test("a key that is disabled stops every step, and the checksums of the parts lie under it")
    func disabledKey() async throws {
        let upload = try await yard.begin("k", as: yard.secure, kms)
        let tag = try await yard.part(1, last, of: upload, as: yard.secure).eTag
        var crc = CRC64NVME()
        crc.update(last)
        let kept = try yard.store.read { try $0.rows("SELECT checksum FROM s3_part") { $0.blob(0) } }
        #expect(kept.count == 1 && kept[0] != crc.bytes)
        yard.kms.refusal.withLock { $0 = KMS.DisabledException(message: "off") }
        #expect(
            await yard.code { _ = try await yard.part(2, last, of: upload, as: yard.secure) } == "KMS.DisabledException"
        )
        #expect(
            await yard.code { try await yard.complete(upload, [(1, tag)], as: yard.secure) } == "KMS.DisabledException")
        #expect(await yard.code { _ = try await yard.parts(of: upload, as: yard.secure) } == "KMS.DisabledException")
        yard.kms.refusal.withLock { $0 = nil }
        #expect(await yard.code { _ = try await yard.part(2, last, of: upload) } == "InvalidRequest")
        let done = try await yard.complete(upload, [(1, tag)], as: yard.secure)
        #expect(done.checksumCRC64NVME == Base64.encode(crc.bytes))
    }

    @Test("the bucket's default at the beginning counts")
    func bucketDefault() async throws {
        let rule = S3.ServerSideEncryptionRule(
            applyServerSideEncryptionByDefault: .init(sSEAlgorithm: .awsKms, kMSMasterKeyID: "alias/two"))
        let upload = try await yard.begin("before")
        _ = try await yard.gate.run(
            PutBucketEncryption(buckets: yard.buckets),
            .init(bucket: "b-1", serverSideEncryptionConfiguration: .init(rules: [rule])), yard.root)
        let plain = try await yard.part(1, last, of: upload)
        #expect(plain.serverSideEncryption == .aes256)
        let other = try await yard.begin("after", as: yard.secure)
        #expect(other.sSEKMSKeyId == "arn:of:alias/two")
    }

    private func bring(_ key: UInt8) -> (algorithm: String, key: String, md5: String) {
        let bytes = [UInt8](repeating: key, count: 32)
        return ("AES256", Base64.encode(bytes), Base64.encode(MD5.hash(bytes)))
    }

    @Test("a customer's key comes with each part, and is always the same")
    func customerKey() async throws {
        let rule = S3.ServerSideEncryptionRule(blockedEncryptionTypes: .init(encryptionType: [.none]))
        _ = try await yard.gate.run(
            PutBucketEncryption(buckets: yard.buckets),
            .init(bucket: "b-1", serverSideEncryptionConfiguration: .init(rules: [rule])), yard.root)
        func own(_ key: UInt8) -> (inout S3.UploadPart.Input) -> Void {
            { ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = bring(key) }
        }
        let upload = try await yard.begin("k", as: yard.secure) {
            ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = bring(1)
        }
        #expect(upload.sSECustomerAlgorithm == "AES256" && upload.serverSideEncryption == nil)
        #expect(await yard.code { _ = try await yard.part(1, last, of: upload, as: yard.secure) } == "InvalidRequest")
        #expect(
            await yard.code { _ = try await yard.part(1, last, of: upload, as: yard.secure, own(2)) }
                == "InvalidRequest")
        #expect(await yard.code { _ = try await yard.part(1, last, of: upload, own(1)) } == "InvalidRequest")
        let tag = try await yard.part(1, last, of: upload, as: yard.secure, own(1)).eTag
        #expect(try await yard.parts(of: upload, as: yard.secure).parts?[0].checksumCRC64NVME == nil)
        // The key need not come to complete it; the object then has no checksum to tell.
        #expect(try await yard.complete(upload, [(1, tag)], as: yard.secure).checksumCRC64NVME == nil)
        #expect(await yard.code { _ = try await yard.get("k", as: yard.secure) } == "InvalidRequest")
        let read = try await yard.get("k", as: yard.secure) {
            ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = bring(1)
            $0.checksumMode = .enabled
        }
        #expect(read.content == last && read.output.checksumCRC64NVME == nil)
        let plain = try await yard.begin("l")
        #expect(
            await yard.code { _ = try await yard.part(1, last, of: plain, as: yard.secure, own(1)) } == "InvalidRequest"
        )
        let named = try await yard.begin("m", as: yard.secure) {
            ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = bring(1)
            ($0.checksumAlgorithm, $0.checksumType) = (.crc32, .fullObject)
        }
        let other = try await yard.part(1, last, of: named, as: yard.secure, own(1)).eTag
        #expect(await yard.code { try await yard.complete(named, [(1, other)], as: yard.secure) } == "InvalidRequest")
        let done = try await yard.complete(named, [(1, other)], as: yard.secure) {
            ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = bring(1)
        }
        #expect(done.checksumCRC32 != nil)
    }
}
