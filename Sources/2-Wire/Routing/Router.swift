public import HTTP
public import Smithy
import AWS
import World

/// Tells from a request's head which service and operation it is for.
///
/// In this order: the service a signature names, the target header, the host, the path; what names nothing and is no
/// form is S3's. Made once; holds what it needs of each model.
/// - Source: seen from AWS CLI and boto3; S3 User Guide, "Virtual hosting of buckets".
public final class Router: Sendable {
    private let services: [ServiceModel]
    private let matchers: [String: RESTMatcher]
    private let baseHosts: [String]
    private let endpoints: Set<String>
    /// Host names read before: clients send the same few.
    private let hosts = ThreadShards<[String: HostName]>([:])

    private static let keptHosts = 256

    /// - Parameter baseHosts: the names this server answers under, besides its addresses and AWS's own names.
    public init(services: [ServiceModel], baseHosts: [String] = ["localhost"]) {
        self.services = services
        self.baseHosts = baseHosts.map { $0.lowercased() }.sorted { $0.utf8.count > $1.utf8.count }
        endpoints = Set(services.map(\.endpointPrefix))
        let rest = services.filter { $0.wireProtocol == .restXML || $0.wireProtocol == .restJSON }
        matchers = Dictionary(rest.map { ($0.name, RESTMatcher($0)) }) { first, _ in first }
    }

    /// - Parameters:
    ///   - scopeService: the service in the signature's credential scope; nil without a signature.
    ///   - scopeRegion: the Region there.
    public func route(_ head: RequestHead, scopeService: String? = nil, scopeRegion: String? = nil) -> Routing {
        guard let target = RequestTarget(head), target.namesItsHost(head) else {
            return .malformed(WireError("InvalidURI", "Couldn't parse the specified URI."), format: .restXML)
        }
        guard let query = target.query.isEmpty ? .empty : QueryString(target.query) else {
            return .malformed(
                WireError("MalformedQueryString", "The query string contains a syntax error."), format: format(head))
        }
        // A Region and a service that are signed for leave nothing for the host to say; only S3's hosts name more.
        let signedRegion = scopeRegion.flatMap { Router.region($0) }
        let host = signedRegion != nil && scopeService != nil && scopeService != "s3" ? .none : host(target.host(head))
        guard let service = service(head, target, host, scopeService, query) else {
            return .unknown(name: scopeService ?? host.endpoint, format: format(head))
        }
        // S3 Control is told the account twice: it may not be told two.
        if service.name == "s3control", let label = host.label, let account = head.text("x-amz-account-id"),
            account != label
        {
            return .malformed(
                WireError("InvalidRequest", "The host names another account than the header x-amz-account-id."),
                format: .restXML)
        }
        var route = Route(
            to: service, in: signedRegion ?? host.region(isS3: service.name == "s3") ?? .usEast1, host, query,
            path: target.path)
        if scopeService == "s3express" { route.signingName = "s3express" }
        resolve(&route, head)
        return .service(route)
    }

    /// The usual one needs no look-up.
    private static func region(_ name: String) -> Region? {
        name == Region.usEast1.description ? .usEast1 : Region(name)
    }

    private func host(_ name: String) -> HostName {
        if let known = hosts.withLock({ $0[name] }) { return known }
        let host = HostName(name, baseHosts: baseHosts, endpoints: endpoints)
        hosts.withLock { hosts in
            if hosts.count >= Router.keptHosts { hosts.removeAll() }
            hosts[name] = host
        }
        return host
    }

    private func service(
        _ head: RequestHead, _ target: RequestTarget, _ host: HostName, _ scope: String?, _ query: QueryString
    ) -> ServiceModel? {
        if host.isWebsite { return services.first { $0.name == "s3" } }
        if let scope {
            let signed = services.first { $0.signingName == scope }
            if scope == "s3express", isScope(target), isControl(head, target, host) {
                return services.first { $0.name == "s3control" }
            }
            guard scope == "s3" else { return signed }
            // Two services sign by this name.
            let name = isControl(head, target, host) ? "s3control" : "s3"
            return services.first { $0.name == name } ?? signed
        }
        if let name = head.text("x-amz-target") {
            return services.first { !$0.targetPrefix.isEmpty && name.hasPrefix($0.targetPrefix + ".") }
        }
        if host.isAccessPoint { return services.first { $0.name == "s3" } }
        if let endpoint = host.endpoint { return services.first { $0.endpointPrefix == endpoint } }
        // An unsigned form can only be one of STS's two exchanges for a federated identity. They are posted to the root;
        // `curl --data-binary` calls any upload a form.
        let isPost = head.matches(head.method, "POST") && target.path.elementsEqual("/".utf8)
        if isPost && isForm(head) || query.contains("Action") { return services.first { $0.name == "sts" } }
        // No bucket has a name of two letters.
        if target.path.elementsEqual("/v1/token".utf8), let signIn = services.first(where: { $0.name == "signin" }) {
            return signIn
        }
        if isControl(head, target, host), let control = services.first(where: { $0.name == "s3control" }) {
            return control
        }
        return services.first { $0.name == "s3" }
    }

    /// Whether the host names a bucket, as virtual-hosted requests to S3 do.
    public func namesBucket(_ head: RequestHead) -> Bool {
        guard let target = RequestTarget(head) else { return false }
        return host(target.host(head)).bucket != nil
    }

    /// Whether the host is that of buckets as websites.
    public func isForWebsite(_ head: RequestHead) -> Bool {
        RequestTarget(head).map { host($0.host(head)).isWebsite } ?? false
    }

    /// The path and the query of a request that no signature claims and that is sent to this server by no bucket's or other
    /// service's name: what the console may answer. Nil for any other.
    public func plainPath(_ head: RequestHead) -> (path: String, query: QueryString)? {
        guard head.count(of: "authorization") == 0, let target = RequestTarget(head),
            let query = target.query.isEmpty ? .empty : QueryString(target.query),
            !Router.signatureParameters.contains(where: query.contains)
        else { return nil }
        let host = host(target.host(head))
        guard host.label == nil, !host.isWebsite, host.endpoint == nil || host.endpoint == "signin",
            let path = String(validating: target.path, as: UTF8.self)
        else { return nil }
        return (path, query)
    }

    private static let signatureParameters = [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "AWSAccessKeyId", "Signature",
    ]

    /// S3 Control signs as S3. Its calls bear the account in a header; a bucket may well be named `v20180820`.
    private func isControl(_ head: RequestHead, _ target: RequestTarget, _ host: HostName) -> Bool {
        target.path.starts(with: "/v20180820/".utf8)
            && (host.endpoint == "s3-control" || head.count(of: "x-amz-account-id") > 0)
    }

    /// The scope of an access point: clients sign for it as for directory buckets, the only ones whose points have one.
    private func isScope(_ target: RequestTarget) -> Bool {
        target.path.starts(with: "/v20180820/accesspoint/".utf8) && target.path.suffix(6).elementsEqual("/scope".utf8)
    }

    private func isForm(_ head: RequestHead) -> Bool {
        head.text("content-type")?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? false
    }

    private func format(_ head: RequestHead) -> ServiceModel.WireProtocol {
        if head.count(of: "x-amz-target") > 0 { return .json }
        return isForm(head) ? .query : .restXML
    }

    private func resolve(_ route: inout Route, _ head: RequestHead) {
        switch route.service.wireProtocol {
        case .json: route.operation = operation(ofTarget: head.text("x-amz-target"), in: route.service)
        case .query, .ec2: route.resolveAction(route.query, isWholeRequest: head.matches(head.method, "GET"))
        case .restXML, .restJSON:
            guard let match = matchers[route.service.name]?.match(head, path: path(route), query: route.query) else {
                return
            }
            route.operation = match.name.map { .known($0) } ?? .unknown(nil)
            route.labels = match.labels
        }
    }

    /// The path with the bucket of a virtual-hosted S3 request before it.
    private func path(_ route: Route) -> ArraySlice<UInt8> {
        guard let bucket = route.hostBucket else { return route.path }
        // An ARN has a slash, which is not one of the path.
        let segment = bucket.utf8.flatMap { $0 == UInt8(ascii: "/") ? Array("%2F".utf8) : [$0] }
        return [UInt8(ascii: "/")] + segment + route.path
    }

    private func operation(ofTarget target: String?, in service: ServiceModel) -> Route.Operation {
        guard let target, target.hasPrefix(service.targetPrefix + ".") else { return .unknown(target) }
        let name = String(target.dropFirst(service.targetPrefix.count + 1))
        return service.hasOperation(name) ? .known(name) : .unknown(name)
    }
}

extension Route {
    /// Reads the body of a query call for its `Action`; any other route stays as it is.
    /// - Throws: where the body is no form.
    public mutating func readBody(_ body: [UInt8]) throws(WireError) {
        guard case .inBody = operation else { return }
        guard let form = QueryString(whole: body) else {
            throw WireError("MalformedQueryString", "The query string contains a syntax error.", status: 404)
        }
        resolveAction(form, isWholeRequest: true)
    }

    mutating func resolveAction(_ parameters: QueryString, isWholeRequest: Bool) {
        let (action, actions) = parameters.all("Action")
        guard let action else {
            operation = isWholeRequest ? .unknown(nil) : .inBody
            return
        }
        form = parameters
        let (given, versions) = parameters.all("Version")
        if let given { version = text(ofVersion: parameters.value(given)) }
        let isVersion = version == nil || version == service.apiVersion
        // Two actions in one request: which one was meant, and which one a filter on the way saw, is anybody's guess.
        let isClear = actions == 1 && versions <= 1
        let named = parameters.value(action)
        if isVersion, isClear, let name = service.operationName(named) {
            operation = .known(name)
        } else {
            operation = .unknown(String(decoding: named, as: UTF8.self))
        }
    }

    /// Nil where it is not UTF-8.
    private func text(ofVersion bytes: ArraySlice<UInt8>) -> String? {
        if bytes.span.holdsSame(as: service.apiVersion.utf8.span) { return service.apiVersion }
        return String(validating: bytes, as: UTF8.self)
    }
}
