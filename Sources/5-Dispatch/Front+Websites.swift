import AWS
import Authentication
import Formats
public import HTTP
import Smithy
import Storage
import Wire
import World

/// Buckets as websites: GET and HEAD, for everybody and without a signature. What is shown is read through the gate, as an
/// anonymous GetObject or HeadObject; the configuration only says what to look for.
/// - Source: S3 User Guide, "Website endpoints", "Configuring an index document", "Configuring a custom error document",
///   "Configuring a webpage redirect".
extension Front {
    /// Whether a request's host is a website's.
    public func isForWebsite(_ head: RequestHead) -> Bool { router.isForWebsite(head) }

    func answerWebsite(
        _ head: RequestHead, _ route: Route, _ identity: RequestIdentity, _ notes: RequestNotes?
    ) async -> Response {
        let visit = Visit(head, route, identity, notes)
        let response: Response
        do { response = try await answer(visit) } catch {
            let failure = (error as? WebsiteError) ?? WebsiteError(told(error, route, identity))
            notes?.failed(failure.code)
            response = visit.page(failure)
        }
        counters.count(service: "s3", operation: "Website", status: response.status)
        return visit.isHead ? response.withoutContent : response
    }

    private func answer(_ visit: Visit) async throws -> Response {
        guard let bucket = visit.route.hostBucket else {
            return visit.redirect(301, to: "https://aws.amazon.com/s3/")
        }
        guard visit.isRead else { throw WebsiteError.method(visit.head.text(visit.head.method)) }
        guard let key = visit.key else { throw WireError("InvalidURI", "Couldn't parse the specified URI.") }
        let found = try gate.store.read { snapshot in
            try websites?.website(ofBucket: bucket, in: snapshot) ?? .noBucket
        }
        switch found {
        case .noBucket: throw WebsiteError.noBucket(bucket)
        case .notHosted: throw WebsiteError.notHosted(bucket)
        case .site(let site):
            guard visit.route.region == site.region else { throw WebsiteError.elsewhere(bucket, site.region) }
            switch site.plan {
            case .elsewhere(let host, let scheme):
                return visit.redirect(301, to: visit.address(host: host, scheme: scheme, key: key))
            case .pages(let index, let error, let rules):
                return try await answer(visit, key, index: index, error: error, rules: rules)
            }
        }
    }

    private func answer(
        _ visit: Visit, _ key: String, index: String, error document: String?, rules: [Website.Rule]
    ) async throws -> Response {
        if let rule = rules.first(where: { $0.holds(key, nil) }) { return visit.follow(rule, from: key) }
        let isFolder = key.isEmpty || key.hasSuffix("/")
        let failure: WebsiteError
        switch try await read(isFolder ? key + index : key, for: visit) {
        case .shown(let response):
            if let target = response.header.value(of: "x-amz-website-redirect-location") {
                return visit.redirect(301, to: target)
            }
            return response
        case .failed(let error): failure = error
        }
        if failure.status == 304 { return visit.notModified(failure) }
        // A folder is looked for where there is no object of that name; one that is not shown is there, and stays hidden.
        if !isFolder, [403, 404].contains(failure.status), try !isThere(key, visit) {
            if case .shown = try await read(key + "/" + index, for: visit, onlyLooking: true) {
                return visit.redirect(302, to: visit.path(key + "/"))
            }
        }
        if let rule = rules.first(where: { $0.holds(key, failure.status) }) { return visit.follow(rule, from: key) }
        guard let document, (400..<500).contains(failure.status) else { return visit.page(failure) }
        switch try await read(document, for: visit, isErrorDocument: true) {
        case .shown(var response):
            response.status = failure.status
            failure.tell(&response.header)
            return response
        case .failed(let second): return visit.page(failure, second)
        }
    }

    private func isThere(_ key: String, _ visit: Visit) throws -> Bool {
        guard let bucket = visit.route.hostBucket, let websites else { return false }
        return try gate.store.read { try websites.holds(key, inBucket: bucket, $0) }
    }

    private enum Read {
        case shown(Response)
        case failed(WebsiteError)
    }

    /// Reads an object as anybody may.
    /// - Parameter onlyLooking: whether nothing but its being there matters.
    private func read(
        _ key: String, for visit: Visit, onlyLooking: Bool = false, isErrorDocument: Bool = false
    ) async throws -> Read {
        let operation = visit.isHead || onlyLooking ? "HeadObject" : "GetObject"
        guard !key.isEmpty, let route = visit.route.calling(operation, on: Array(key.utf8)) else {
            return .failed(WebsiteError("NoSuchKey", 404, "The specified key does not exist.", [("Key", key)]))
        }
        let head = visit.standIn(keepingConditions: !onlyLooking && !isErrorDocument)
        let facts = RequestFacts(
            caller: .anonymous, region: route.region, now: world.clock.now(), requestID: visit.identity.requestID,
            head: head, notes: visit.notes)
        let exchange = WireExchange(
            facts: facts, head: head, route: route, payload: .bytes([]), identity: visit.identity)
        do {
            let response = try await perform(exchange)
            return .shown(response)
        } catch {
            return .failed(WebsiteError(told(error, route, visit.identity), key: key))
        }
    }
}
