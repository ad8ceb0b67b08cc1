import AWS
import Authentication
import HTTP
import Smithy
import Wire
import World

/// Uploads that browsers post as forms: a PUT in another envelope. Who sends it, the form's policy says and its signature
/// proves; from there on it is PutObject, with all that decides on it.
/// - Source: S3 API Reference, "POST Object".
extension Front {
    func answerForm(
        _ head: RequestHead, _ body: any RequestBody, _ route: Route, _ identity: RequestIdentity,
        _ notes: RequestNotes?
    ) async throws -> Response {
        guard let contentType = head.text("content-type"), FormBoundary.isForm(contentType) else { throw Front.noForm }
        try PostedForm.checkHead(head)
        guard body.declaredLength != nil else {
            throw WireError("MissingContentLength", "You must provide the Content-Length HTTP header.", status: 411)
        }
        guard let boundary = FormBoundary(contentType: contentType) else { throw PostedForm.malformed }
        let upload = try await FormUpload.open(body, boundary)
        let form = try PostedForm(upload)
        let signature = try FormSignature { form.value(of: $0) }
        guard let put = route.uploading(try form.key(), in: signature.region(route)) else { throw Front.noForm }
        let times = Authenticator.Times(wall: world.clock.wallTime(), now: world.clock.now())
        let putHead = try form.head(of: head)
        let proved = try authenticator.authenticate(signature, for: putHead, to: SigningService(put), at: times)
        notes?.proved(proved.caller)
        notes?.meant("PostObject", key: put.key)
        func facts(hasBodyDigest: Bool) -> RequestFacts {
            RequestFacts(
                caller: proved.caller, region: put.region, now: times.now, requestID: identity.requestID, head: putHead,
                hasBodyDigest: hasBodyDigest, isForm: true, notes: notes, hostLabel: put.hostLabel)
        }
        do { upload.allow(try form.check(signature.policy, put, at: times.wall)) } catch {
            try await gate.recordUnread("PostObject", of: put.service, error, facts(hasBodyDigest: false))
            throw error
        }
        let verified = try proved.body(upload)
        let exchange = WireExchange(
            facts: facts(hasBodyDigest: verified.isPromised), head: putHead, route: put, payload: .stream(verified),
            identity: identity)
        return form.answer(to: head, put, from: try await perform(exchange))
    }

    private static let noForm = WireError(
        "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", status: 412,
        fields: [.init("Condition", "Bucket POST must be of the enclosure-type multipart/form-data")])
}

extension Route {
    /// Whether it is a POST to a bucket itself, which only a form can be.
    func mayBeForm(_ head: RequestHead) -> Bool {
        guard service.name == "s3", case .unknown = operation, bucket != nil, key?.isEmpty ?? true else { return false }
        return query.parameters.isEmpty && head.matches(head.method, "POST")
    }
}

extension FormSignature {
    /// A Region that the host names must be the one that is signed for. Where it names none, any may be.
    fileprivate func region(_ route: Route) -> Region {
        route.hostRegion ?? region.flatMap { Region($0) } ?? route.region
    }
}

extension PostedForm {
    /// Checks the form by its policy, if it has one; anonymous forms have none. - Returns: how large the file may be.
    fileprivate func check(_ policy: [UInt8]?, _ put: Route, at now: Instant) throws(WireError) -> ClosedRange<Int64> {
        guard let policy else { return 0...PostedForm.largestFile }
        let bucket = String(decoding: put.bucket ?? [], as: UTF8.self)
        do throws(PostPolicy.Refused) {
            let policy = try PostPolicy(policy)
            try policy.check(texts, bucket: bucket, at: now)
            let most = min(policy.sizes.most, PostedForm.largestFile)
            // Ranges that exclude each other let no file pass.
            guard policy.sizes.least <= most else {
                throw .denied("Policy Condition failed: the ranges of content-length-range exclude each other")
            }
            return policy.sizes.least...most
        } catch { throw WireError(error.refusal) }
    }
}
