package fileset

// json passes one value and hides it when secret.
func (r *redactor) json(depth int, secret bool) {
	r.jsonSpace(secret)
	start := r.at
	switch c := r.peek(); {
	case depth > maxDepth:
		r.at = len(r.in)
		r.hide(start, mask)
	case c == '{':
		r.at++
		r.jsonMembers(depth, secret)
	case c == '[':
		r.at++
		for r.jsonSpace(secret); r.more() && r.peek() != ']'; r.jsonSpace(secret) {
			at := r.at
			r.json(depth+1, secret)
			r.jsonSpace(secret)
			if r.peek() == ',' || r.at == at {
				r.at++
			}
		}
		r.at = min(r.at+1, len(r.in))
	case c == '"':
		r.quoted(false)
		if secret {
			r.hide(start, `"`+mask+`"`)
		}
	default:
		r.until(",]}\n \t\r/")
		if secret && r.at > start {
			r.hide(start, `"`+mask+`"`)
		}
	}
}

func (r *redactor) jsonMembers(depth int, secret bool) {
	for r.jsonSpace(secret); r.more() && r.peek() != '}'; r.jsonSpace(secret) {
		at := r.at
		key := ""
		if r.peek() == '"' {
			key = unescapeKey(r.quoted(false))
		} else {
			r.until(":,}\n")
			key = string(r.in[at:r.at])
		}
		r.jsonSpace(secret)
		if r.peek() == ':' {
			r.at++
			r.json(depth+1, secret || isSecret(key))
		}
		r.jsonSpace(secret)
		if r.peek() == ',' || r.at == at {
			r.at++
		}
	}
	r.at = min(r.at+1, len(r.in))
}

// jsonSpace passes blanks and comments.
func (r *redactor) jsonSpace(secret bool) {
	for {
		r.skip(" \t\r\n\xef\xbb\xbf")
		switch {
		case r.has("//"):
			r.comment(secret)
		case r.has("/*"):
			start := r.at
			for r.at += 2; r.more() && !r.has("*/"); r.at++ {
			}
			r.at = min(r.at+2, len(r.in))
			r.hideBlock(start, secret)
		default:
			return
		}
	}
}

// hideBlock is hideInText line by line.
func (r *redactor) hideBlock(start int, secret bool) {
	end := r.at
	for r.at = start; r.at < end; {
		line := r.at
		for r.at < end && r.in[r.at] != '\n' {
			r.at++
		}
		stop := r.at
		if stop == end && end-line >= 2 {
			for r.at = max(line, end-2); r.at > line && r.in[r.at-1] == ' '; r.at-- {
				// keep the closing mark and the blanks before it
			}
		}
		r.hideInText(line, secret)
		r.at = min(stop+1, end)
	}
	r.at = end
}
