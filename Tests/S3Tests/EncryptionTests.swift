import AWS
import Authentication
import Blobs
import Crypto
@testable import Door
import Formats
import HTTP
import KMSAPI
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

@Suite struct EncryptionTests {
    private let yard: Yard

    init() async throws {
        var small = BlobOptions()
        (small.frame, small.framesAtOnce, small.inlineLimit) = (64, 3, 16)
        yard = try Yard(small)
        try await yard.makeBucket("b-1")
    }

    private func kms(_ input: inout S3.PutObject.Input) {
        (input.serverSideEncryption, input.sSEKMSKeyId) = (.awsKms, "alias/one")
    }

    private func content(of key: String) throws -> ObjectContent {
        try yard.store.read { snapshot in
            let target = try yard.objects.find(key, in: "b-1", snapshot)
            return try ObjectContent.find(#require(target.object).content, snapshot)
        }
    }

    @Test(
        "content under a key of KMS comes back, and only the way through KMS leads to it", arguments: [0, 5, 64, 500])
    func onlyThroughKMS(_ size: Int) async throws {
        for method in [S3.ServerSideEncryption.awsKms, .awsKmsDsse] {
            try await yard.put("k", pattern(size), as: yard.secure) {
                ($0.serverSideEncryption, $0.sSEKMSKeyId) = (method, "alias/one")
            }
            #expect(try await yard.get("k", as: yard.secure).content == pattern(size))
            let reference = try content(of: "k").reference
            await #expect(throws: BlobError.self) { try await yard.blobs.reader(reference) }
        }
        let calls = yard.kms.calls
        #expect(calls.map(\.operation) == ["GenerateDataKey", "Decrypt", "GenerateDataKey", "Decrypt"])
        #expect(calls.allSatisfy { $0.context == ["aws:s3:arn": "arn:aws:s3:::b-1/k"] })
        #expect(calls.allSatisfy { $0.through == ["s3.amazonaws.com"] })
        #expect(calls.map(\.key) == ["alias/one", "arn:of:alias/one", "alias/one", "arn:of:alias/one"])
    }

    @Test("nothing that KMS gave is kept: each reading asks it, whatever it reads, and a bucket key too")
    func nothingIsKept() async throws {
        for usesBucketKey in [false, true] {
            try await yard.put("k", pattern(500), as: yard.secure) {
                kms(&$0)
                $0.bucketKeyEnabled = usesBucketKey
            }
            let before = yard.kms.calls.count
            _ = try await yard.get("k", as: yard.secure)
            _ = try await yard.get("k", as: yard.secure) { $0.range = "bytes=1-2" }
            #expect(yard.kms.calls.count == before + 2)
            let arn = usesBucketKey ? "arn:aws:s3:::b-1" : "arn:aws:s3:::b-1/k"
            #expect(yard.kms.calls.last?.context == ["aws:s3:arn": arn])
        }
        try await yard.put("none", [], as: yard.secure, kms)
        yard.kms.refusal.withLock { $0 = KMS.DisabledException(message: "off") }
        for key in ["k", "none"] {
            #expect(await yard.code { _ = try await yard.get(key, as: yard.secure) } == "KMS.DisabledException")
        }
    }

    @Test("a row that is moved to another key opens nothing")
    func movedRow() async throws {
        try await yard.put("k", pattern(500), as: yard.secure, kms)
        _ = try await yard.store.write { transaction in
            try transaction.run("UPDATE s3_object SET key = ?", .blob(Array("other".utf8)))
        }
        #expect(
            await yard.code { _ = try await yard.get("other", as: yard.secure) } == "KMS.InvalidCiphertextException")
    }

    @Test("the checksum is stored sealed, and told to who may open it")
    func checksum() async throws {
        try await yard.put("k", pattern(100), as: yard.secure, kms)
        try await yard.put("plain", pattern(100))
        let (sealed, clear) = (try content(of: "k").checksum, try content(of: "plain").checksum)
        #expect(clear.count == 8 && sealed.count == 8 + 28)
        let told = try await yard.get("k", as: yard.secure) { $0.checksumMode = .enabled }.output.checksumCRC64NVME
        #expect(told == Base64.encode(clear))
        #expect(try await yard.get("k", as: yard.secure).output.checksumCRC64NVME == nil)
    }

    @Test("keys of KMS want TLS or loopback; who deletes or overwrites needs no key")
    func wayThere() async throws {
        #expect(await yard.code { try await yard.put("k", [1], kms) } == "InvalidRequest")
        try await yard.put("k", pattern(500), as: yard.secure, kms)
        #expect(await yard.code { _ = try await yard.get("k") } == "InvalidRequest")
        yard.kms.refusal.withLock { $0 = KMS.NotFoundException(message: "gone") }
        try await yard.put("k", [1])
        try await yard.delete("k")
        #expect(try yard.store.read { try S3Service.liveBlobs($0) }.isEmpty)
    }

    @Test("the record of an upload tells the encryption, and neither context nor key material")
    func record() async throws {
        let context = Base64.encode(Array(#"{"team":"hidden"}"#.utf8))
        try await yard.put("k", pattern(50), as: yard.secure) {
            kms(&$0)
            ($0.sSEKMSEncryptionContext, $0.bucketKeyEnabled) = (context, true)
        }
        // Under the call to KMS, which the fake records, too.
        let record = try #require(try await yard.records(2).first { $0.contains("PutObject") })
        for part in [
            #""SSEApplied":"SSE_KMS""#, #""x-amz-server-side-encryption":"aws:kms""#,
            #""x-amz-server-side-encryption-aws-kms-key-id":"alias/one""#,
            #""responseElements":{"x-amz-server-side-encryption":"aws:kms","x-amz-server-side-encryption-aws-kms-key-id":"arn:of:alias/one","x-amz-server-side-encryption-bucket-key-enabled":"true"}"#,
        ] { #expect(record.contains(part), "\(part)") }
        #expect(!record.contains("hidden") && !record.contains(context))
        try await yard.setDefault(.awsKms)
        try await yard.put("k", pattern(50), as: yard.secure)
        #expect(
            try await yard.records(2).contains {
                $0.contains("PutObject") && $0.contains(#""SSEApplied":"Default_SSE_KMS""#)
            })
        #expect(yard.kms.calls.last?.key == "aws/s3 of 111122223333")
    }

    @Test("a key that is not the one the policies were asked about protects nothing")
    func movedAlias() async throws {
        // The fake makes another ARN of it.
        let named = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        let code = await yard.code {
            try await yard.put("k", [1], as: yard.secure) {
                ($0.serverSideEncryption, $0.sSEKMSKeyId) = (.awsKms, named)
            }
        }
        #expect(code == "ServiceUnavailable")
        #expect(await yard.code { _ = try await yard.get("k", as: yard.secure) } == "NoSuchKey")
    }

    @Test("what changes while a body comes counts from the next upload on; the record tells what was done")
    func changedDefault() async throws {
        for (now, next) in [(S3.ServerSideEncryption.aes256, S3.ServerSideEncryption.awsKms), (.awsKms, .aes256)] {
            try await yard.setDefault(now)
            for (wanted, key) in [(now, "first"), (next, "second")] {
                let yard = yard
                let put = try await yard.put(
                    "k-" + key, pattern(50), as: yard.secure, meanwhile: { try await yard.setDefault(next) })
                #expect(put.serverSideEncryption == wanted)
                #expect(try content(of: "k-" + key).protection.algorithm == wanted)
                let record = try #require(try await yard.records(4).first { $0.contains("PutObject") })
                let name = wanted == .aes256 ? "Default_SSE_S3" : "Default_SSE_KMS"
                #expect(record.contains(#""SSEApplied":"\#(name)""#), "\(record)")
                #expect(record.contains(#""responseElements":{"x-amz-server-side-encryption":"\#(wanted.rawValue)""#))
            }
        }
    }

    @Test("an object lies under the key that the policies were asked about at its commit")
    func aliasMovesMeanwhile() async throws {
        let keys = yard.kms
        let (one, two) = ("arn:aws:kms:us-east-1:111122223333:key/1", "arn:aws:kms:us-east-1:111122223333:key/2")
        for moved in [two, nil] {
            keys.names.withLock { $0["alias/one"] = one }
            let code = await yard.code {
                try await yard.put(
                    "k", pattern(500), as: yard.secure, kms,
                    meanwhile: { keys.names.withLock { $0["alias/one"] = moved } })
            }
            #expect(code == "ServiceUnavailable")
            let record = try #require(try await yard.records(1).first)
            #expect(record.contains(#""errorCode":"ServiceUnavailable""#) && !record.contains("SSEApplied"))
            #expect(await yard.code { _ = try await yard.get("k", as: yard.secure) } == "NoSuchKey")
        }
        // A name that leads nowhere at first, as that of S3's own key before its first use, and one that never does.
        keys.names.withLock { $0 = ["aws/s3 of 111122223333": one] }
        let own: (inout S3.PutObject.Input) -> Void = {
            ($0.serverSideEncryption, $0.sSEKMSKeyId) = (.awsKms, "alias/aws/s3")
        }
        #expect(await yard.code { try await yard.put("k", [1], as: yard.secure, own) } == "ServiceUnavailable")
        try await yard.put(
            "k", [1], as: yard.secure, own,
            meanwhile: { keys.names.withLock { $0["alias/aws/s3"] = one } })
        #expect(try content(of: "k").protection.kms?.key == one)
    }

    @Test("a bucket that was deleted and made again is not the one the upload was for")
    func bucketMadeAgain() async throws {
        let yard = yard
        let code = await yard.code {
            let again: @Sendable () async throws -> Void = {
                _ = try await yard.gate.run(DeleteBucket(objects: yard.objects), .init(bucket: "b-1"), yard.root)
                try await yard.makeBucket("b-1")
            }
            try await yard.put("k", [1], meanwhile: again)
        }
        #expect(code == "ServiceUnavailable")
    }

    @Test("the key that KMS has for S3 fails under S3's names where it is made first")
    func firstUse() async throws {
        yard.kms.ownRefusal.withLock { $0 = KMS.KMSInternalException(message: "away") }
        #expect(
            await yard.code { try await yard.put("k", [1], as: yard.secure) { $0.serverSideEncryption = .awsKms } }
                == "ServiceUnavailable")
    }

    @Test("who may not come for a key of KMS hears nothing of conditions and ranges")
    func conditionsUnderKMS() async throws {
        try await yard.put("k", pattern(500), as: yard.secure, kms)
        for (change, allowed) in EncryptionTests.conditions {
            #expect(await yard.code { _ = try await yard.get("k", change) } == "InvalidRequest")
            #expect(await yard.code { _ = try await yard.get("k", as: yard.secure, change) } == allowed)
        }
        let operation = HeadObject(objects: yard.objects)
        let head = S3.HeadObject.Input(bucket: "b-1", ifNoneMatch: "*", key: "k")
        #expect(await yard.code { _ = try await yard.gate.run(operation, head, yard.root) } == "InvalidRequest")
        #expect(await yard.code { _ = try await yard.gate.run(operation, head, yard.secure) } == "NotModified")
    }

    private static let conditions: [(change: @Sendable (inout S3.GetObject.Input) -> Void, code: String)] = [
        ({ $0.ifNoneMatch = "*" }, "NotModified"), ({ $0.ifMatch = "\"other\"" }, "PreconditionFailed"),
        ({ $0.range = "bytes=500-" }, "InvalidRange"),
    ]

    @Test("what KMS refuses stands in S3's own record, too")
    func refusedRecord() async throws {
        try await yard.put("k", pattern(50), as: yard.secure, kms)
        for (refusal, code) in [
            (AccessDenied("kms:Decrypt is not for you") as any ServiceError, "AccessDenied"),
            (KMS.DisabledException(message: "kms:Decrypt cannot be"), "KMS.DisabledException"),
        ] {
            yard.kms.refusal.withLock { $0 = refusal }
            #expect(await yard.code { _ = try await yard.get("k", as: yard.secure) } == code)
            let record = try #require(try await yard.records(1).first)
            #expect(record.contains(#""eventName":"GetObject""#) && record.contains(#""errorCode":"\#(code)""#))
            #expect(record.contains("kms:Decrypt") && record.contains("arn:aws:s3:::b-1/k"))
            #expect(await yard.code { try await yard.put("new", [1], as: yard.secure, kms) } == code)
            let upload = try #require(try await yard.records(1).first)
            #expect(upload.contains(#""eventName":"PutObject""#) && !upload.contains("SSEApplied"), "\(upload)")
        }
    }

    // Keys that customers provide.

    private typealias GivenKey = (algorithm: String?, key: String?, md5: String?)

    private func customer(_ byte: UInt8, count: Int = 32) -> GivenKey {
        let key = [UInt8](repeating: byte, count: count)
        return ("AES256", Base64.encode(key), Base64.encode(MD5.hash(key)))
    }

    private func unblock() async throws {
        try await yard.setRule(.init(blockedEncryptionTypes: .init(encryptionType: [S3.EncryptionType.none])))
    }

    @Test("content under a customer's key comes back for that key alone", arguments: [0, 5, 500])
    func customerKey(_ size: Int) async throws {
        try await unblock()
        let (right, wrong) = (customer(1), customer(2))
        let put = try await yard.put("k", pattern(size), as: yard.secure) {
            ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = right
        }
        #expect(put.serverSideEncryption == nil && put.sSECustomerAlgorithm == "AES256")
        #expect(put.sSECustomerKeyMD5 == right.md5)
        let got = try await yard.get("k", as: yard.secure) {
            ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = right
        }
        #expect(got.content == pattern(size) && got.output.sSECustomerKeyMD5 == right.md5)
        for key in [wrong, customer(1, count: 16)] {
            let code = await yard.code {
                _ = try await yard.get("k", as: yard.secure) {
                    ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = key
                }
            }
            #expect(code == "AccessDenied")
        }
        #expect(await yard.code { _ = try await yard.get("k", as: yard.secure) } == "InvalidRequest")
        var head = S3.HeadObject.Input(bucket: "b-1", key: "k")
        (head.sSECustomerAlgorithm, head.sSECustomerKey, head.sSECustomerKeyMD5) = wrong
        let asked = head
        let operation = HeadObject(objects: yard.objects)
        #expect(await yard.code { _ = try await yard.gate.run(operation, asked, yard.secure) } == "AccessDenied")
        await #expect(throws: BlobError.self) { try await yard.blobs.reader(try content(of: "k").reference) }
        #expect(yard.kms.calls.isEmpty)
    }

    @Test("conditions and ranges of content under a customer's key are answered to who brings it")
    func conditionsUnderCustomerKey() async throws {
        try await unblock()
        let (right, wrong) = (customer(1), customer(2))
        try await yard.put("k", pattern(500), as: yard.secure) {
            ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = right
        }
        for (change, allowed) in EncryptionTests.conditions {
            let none: GivenKey = (nil, nil, nil)
            for (key, code) in [(right, allowed), (wrong, "AccessDenied"), (none, "InvalidRequest")] {
                let told = await yard.code {
                    _ = try await yard.get("k", as: yard.secure) {
                        ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = key
                        change(&$0)
                    }
                }
                #expect(told == code)
            }
        }
        var head = S3.HeadObject.Input(bucket: "b-1", ifNoneMatch: "*", key: "k")
        (head.sSECustomerAlgorithm, head.sSECustomerKey, head.sSECustomerKeyMD5) = wrong
        let (operation, asked) = (HeadObject(objects: yard.objects), head)
        #expect(await yard.code { _ = try await yard.gate.run(operation, asked, yard.secure) } == "AccessDenied")
    }

    @Test("each way in which a customer's key can be wrong")
    func customerKeyFaults() async throws {
        let right = customer(1)
        let put = { (key: GivenKey, method: S3.ServerSideEncryption?) in
            await yard.code {
                try await yard.put("k", [1], as: yard.secure) {
                    ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = key
                    $0.serverSideEncryption = method
                }
            }
        }
        // A new bucket takes none.
        #expect(await put(right, nil) == "AccessDenied")
        try await unblock()
        #expect(await put(right, .aes256) == "InvalidArgument")
        #expect(await put((nil, right.key, right.md5), nil) == "InvalidArgument")
        #expect(await put(("AES128", right.key, right.md5), nil) == "InvalidEncryptionAlgorithmError")
        #expect(await put(("AES256", nil, right.md5), nil) == "InvalidArgument")
        #expect(await put(("AES256", right.key, nil), nil) == "InvalidArgument")
        #expect(await put(("AES256", right.key, customer(2).md5), nil) == "InvalidArgument")
        #expect(await put(customer(1, count: 31), nil) == "InvalidArgument")
        #expect(await put(right, nil) == nil)
        let plain = await yard.code {
            try await yard.put("k", [1]) {
                ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = right
            }
        }
        #expect(plain == "InvalidRequest")
        try await yard.put("plain", [1])
        let given = await yard.code {
            _ = try await yard.get("plain", as: yard.secure) {
                ($0.sSECustomerAlgorithm, $0.sSECustomerKey, $0.sSECustomerKeyMD5) = right
            }
        }
        #expect(given == "InvalidRequest")
        #expect(try await yard.records(40).allSatisfy { !$0.contains(right.key ?? "?") })
    }
}

extension Yard {
    fileprivate func setDefault(_ algorithm: S3.ServerSideEncryption) async throws {
        try await setRule(.init(applyServerSideEncryptionByDefault: .init(sSEAlgorithm: algorithm)))
    }

    fileprivate func setRule(_ rule: S3.ServerSideEncryptionRule) async throws {
        _ = try await gate.run(
            PutBucketEncryption(buckets: buckets),
            .init(bucket: "b-1", serverSideEncryptionConfiguration: .init(rules: [rule])), root)
    }
}
