import CLibXML2

extension XMLDocument {
    /// Reads a whole document with libxml2's SAX interface: no network, no external or internal entities, UTF-8 only.
    public init(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) throws(XMLError) {
        guard bytes.count <= limits.bytes else { throw .tooLong(limit: limits.bytes) }
        // A declared encoding is then ignored by the parser: what is not UTF-8 never gets there.
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else { throw .notUTF8 }
        try XMLTags.check(bytes, attributes: limits.attributes)
        let builder = XMLBuilder(limits: limits)
        builder.parse(bytes)
        if let error = builder.error { throw error }
        guard !builder.document.elements.isEmpty else { throw .malformed }
        self = builder.document
    }
}

/// Receives the parser's events and builds the flat tree.
private final class XMLBuilder {
    var document = XMLDocument()
    var error: XMLError?
    private let limits: XMLLimits
    private var context: xmlParserCtxtPtr?
    /// Elements now open, each with its last child.
    private var open: [(element: Int, lastChild: Int?)] = []
    /// Where the text since the last tag begins.
    private var runStart = 0
    /// Where the URIs of namespaces lie, each once however many elements are in it. The parser gives the same pointer for the
    /// same URI as long as it lives.
    private var namespaces: [UnsafePointer<xmlChar>: Range<Int>] = [:]

    init(limits: XMLLimits) { self.limits = limits }

    func parse(_ bytes: [UInt8]) {
        var handler = XMLBuilder.handler()
        // The context borrows this object for the length of this call; nothing of it is kept after.
        let this = Unmanaged.passUnretained(self).toOpaque()
        guard let context = xmlCreatePushParserCtxt(&handler, this, nil, 0, nil) else {
            error = .malformed
            return
        }
        defer { xmlFreeParserCtxt(context) }
        self.context = context
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOCDATA.rawValue | XML_PARSE_IGNORE_ENC.rawValue
        xmlCtxtUseOptions(context, Int32(options))
        let status = bytes.withUnsafeBytes { feed($0, to: context) }
        // The document libxml2 may have begun by itself is the caller's to free.
        if let tree = context.pointee.myDoc {
            xmlFreeDoc(tree)
            context.pointee.myDoc = nil
        }
        if error == nil, status != 0 || context.pointee.wellFormed == 0 || !open.isEmpty { error = .malformed }
        self.context = nil
    }

    /// The most that the parser gets at once, in bytes: it refuses to look more than ten million ahead.
    private static let piece = 4 << 20

    private func feed(_ bytes: UnsafeRawBufferPointer, to context: xmlParserCtxtPtr) -> Int32 {
        var (at, status): (Int, Int32) = (0, 0)
        repeat {
            let end = min(at + XMLBuilder.piece, bytes.count)
            let piece = UnsafeRawBufferPointer(rebasing: bytes[at..<end])
            status = xmlParseChunk(
                context, piece.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(piece.count),
                end == bytes.count ? 1 : 0)
            at = end
        } while at < bytes.count && status == 0 && error == nil
        return status
    }

    func fail(_ reason: XMLError) {
        guard error == nil else { return }
        error = reason
        if let context { xmlStopParser(context) }
    }

    func begin(
        _ name: UnsafePointer<xmlChar>, _ namespace: UnsafePointer<xmlChar>?, _ attributeCount: Int,
        _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        guard error == nil else { return }
        guard open.count < limits.depth else { return fail(.tooDeep(limit: limits.depth)) }
        guard document.elements.count < limits.elements else { return fail(.tooManyElements(limit: limits.elements)) }
        guard runIsBlank() else { return fail(.mixedContent) }
        let index = document.elements.count
        let nameRange = append(name)
        let namespaceRange = namespace.map(place(ofNamespace:)) ?? 0..<0
        let firstAttribute = document.attributes.count
        for position in 0..<attributeCount { appendAttribute(attributes, position * 5) }
        document.elements.append(
            XMLDocument.Element(
                name: nameRange, namespace: namespaceRange, attributes: firstAttribute..<document.attributes.count))
        if let parent = open.indices.last {
            if let sibling = open[parent].lastChild {
                document.elements[sibling].nextSibling = index
            } else {
                document.elements[open[parent].element].firstChild = index
            }
            open[parent].lastChild = index
        }
        open.append((index, nil))
        runStart = document.buffer.count
    }

    func end() {
        guard error == nil, let last = open.popLast() else { return }
        if last.lastChild == nil {
            document.elements[last.element].text = runStart..<document.buffer.count
        } else if !runIsBlank() {
            return fail(.mixedContent)
        }
        runStart = document.buffer.count
    }

    func text(_ characters: UnsafePointer<xmlChar>, _ count: Int) {
        guard error == nil else { return }
        document.buffer.append(contentsOf: UnsafeBufferPointer(start: characters, count: count))
    }

    private func runIsBlank() -> Bool {
        document.buffer[runStart...].allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    }

    /// Each attribute is five pointers: local name, prefix, namespace, begin and end of the value.
    private func appendAttribute(_ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ at: Int) {
        guard let attributes, let name = attributes[at], let begin = attributes[at + 3], let end = attributes[at + 4]
        else { return }
        let start = document.buffer.count
        if let prefix = attributes[at + 1] {
            _ = append(prefix)
            document.buffer.append(UInt8(ascii: ":"))
        }
        _ = append(name)
        let nameRange = start..<document.buffer.count
        document.buffer.append(contentsOf: UnsafeBufferPointer(start: begin, count: end - begin))
        document.attributes.append(
            XMLDocument.Attribute(name: nameRange, value: nameRange.upperBound..<document.buffer.count))
    }

    /// Copies a NUL-terminated string of the parser, which lives as long as the event.
    private func append(_ text: UnsafePointer<xmlChar>) -> Range<Int> {
        let start = document.buffer.count
        var at = 0
        while text[at] != 0 {
            document.buffer.append(text[at])
            at += 1
        }
        return start..<document.buffer.count
    }

    private func place(ofNamespace uri: UnsafePointer<xmlChar>) -> Range<Int> {
        if let known = namespaces[uri] { return known }
        let range = append(uri)
        namespaces[uri] = range
        return range
    }

    private static func of(_ pointer: UnsafeMutableRawPointer?) -> XMLBuilder? {
        pointer.map { Unmanaged<XMLBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func handler() -> xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { this, name, _, uri, _, _, count, _, attributes in
            guard let name else { return }
            XMLBuilder.of(this)?.begin(name, uri, Int(count), attributes)
        }
        handler.endElementNs = { this, _, _, _ in XMLBuilder.of(this)?.end() }
        handler.characters = { this, text, count in
            guard let text else { return }
            XMLBuilder.of(this)?.text(text, Int(count))
        }
        handler.ignorableWhitespace = handler.characters
        handler.cdataBlock = handler.characters
        handler.internalSubset = { this, _, _, _ in XMLBuilder.of(this)?.fail(.documentType) }
        handler.externalSubset = { this, _, _, _ in XMLBuilder.of(this)?.fail(.documentType) }
        handler.entityDecl = { this, _, _, _, _, _ in XMLBuilder.of(this)?.fail(.documentType) }
        handler.getEntity = { _, _ in nil }
        handler.getParameterEntity = { _, _ in nil }
        // Silence: what is wrong shows in the context, not on standard error.
        handler.serror = { _, _ in }
        return handler
    }
}
