// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "strings"

// Folders, in lower case, that hold other people's code, tests, or documentation, wherever they stand.
var (
	vendoredFolders = wordSet("vendor vendors node_modules bower_components third_party thirdparty third-party 3rdparty 3rd_party" +
		" 3rd-party jspm_packages godeps carthage pods extern external externals xvba_modules flow-typed" +
		" gradle-wrapper site-packages dist-packages .yarn .bundle web_modules ace-builds mathjax tiny_mce ckeditor codemirror")
	testFolders = wordSet("test tests testing __tests__ spec specs testdata test-data test_data fixtures __fixtures__ __mocks__ mocks" +
		" e2e unittest unittests testsuite test-suite androidtest integration-tests integration_tests")
	documentationFolders = wordSet("doc docs documentation man manual examples example demo demos sample samples javadoc groovydoc tutorial" +
		" tutorials")
	documentationNames = wordSet("readme changelog changes change contributing copying install license licence citation authors news" +
		" notice code_of_conduct security history maintainers todo lisezmoi")
)

// PathFlags tells what a path alone says of a file: FlagVendored, FlagTest, FlagDocumentation. It follows Linguist's
// lists, except that what those hide from statistics only (dot files, cache/, dist/, env/, *.d.ts) is not vendored here:
// it is often the project's own code.
func PathFlags(path string) Flag {
	var flags Flag
	rest := path
	for {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			break
		}
		folder := lowerASCII(rest[:i])
		rest = rest[i+1:]
		switch {
		case vendoredFolders[folder]:
			flags |= FlagVendored
		case testFolders[folder]:
			flags |= FlagTest
		case documentationFolders[folder]:
			flags |= FlagDocumentation
		}
	}
	name := lowerASCII(rest)
	if vendoredName(name) {
		flags |= FlagVendored
	}
	if testName(rest, name) {
		flags |= FlagTest
	}
	stem, _, _ := strings.Cut(name, ".")
	if documentationNames[stem] || strings.HasSuffix(name, ".md") || strings.HasSuffix(name, ".rst") || strings.HasSuffix(name, ".adoc") {
		flags |= FlagDocumentation
	}
	return flags
}

// lowerASCII is strings.ToLower, without the cost where nothing changes.
func lowerASCII(s string) string {
	for i := range len(s) {
		if s[i]-'A' < 26 {
			return strings.ToLower(s)
		}
	}
	return s
}

// testName tells test files by the habits of each language.
func testName(name, lower string) bool {
	stem, ext := lower, ""
	if i := strings.LastIndexByte(lower, '.'); i > 0 {
		stem, ext = lower[:i], lower[i+1:]
	}
	switch ext {
	case "go":
		return strings.HasSuffix(stem, "_test")
	case "py":
		return strings.HasPrefix(stem, "test_") || strings.HasSuffix(stem, "_test") || stem == "conftest"
	case "rb", "ex", "exs", "dart", "lua", "rs":
		return strings.HasSuffix(stem, "_test") || strings.HasSuffix(stem, "_spec")
	case "js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue":
		return strings.HasSuffix(stem, ".test") || strings.HasSuffix(stem, ".spec") || strings.HasSuffix(stem, "-test") ||
			strings.HasSuffix(stem, ".cy") || strings.HasSuffix(stem, ".e2e")
	case "java", "kt", "scala", "groovy", "cs", "php", "swift", "vb", "fs":
		stem = name[:len(stem)] // the case tells FooTest from a contest
		return strings.HasSuffix(stem, "Test") || strings.HasSuffix(stem, "Tests") || strings.HasSuffix(stem, "Spec") ||
			strings.HasSuffix(stem, "TestCase") || strings.HasPrefix(stem, "Test") && len(stem) > 4 && stem[4]-'A' < 26
	case "c", "cc", "cpp", "cxx", "h", "hpp", "m", "mm":
		return strings.HasSuffix(stem, "_test") || strings.HasSuffix(stem, "_unittest") || strings.HasPrefix(stem, "test_")
	case "t":
		return true
	case "bats":
		return true
	}
	return false
}

// vendoredName tells well-known libraries and build scripts that projects carry with them.
func vendoredName(name string) bool {
	switch name {
	case "configure", "config.guess", "config.sub", "aclocal.m4", "libtool.m4", "ltmain.sh", "ltoptions.m4", "ltsugar.m4",
		"ltversion.m4", "lt~obsolete.m4", "install-sh", "depcomp", "missing", "gradlew", "gradlew.bat", "mvnw", "mvnw.cmd", "waf",
		"cpplint.py", "erlang.mk", "dotnet-install.sh", "dotnet-install.ps1":
		return true
	}
	ext := name[strings.LastIndexByte(name, '.')+1:]
	switch ext {
	case "js", "css", "scss", "less", "mjs":
	default:
		return false
	}
	if isMinifiedName(name) {
		return true
	}
	for _, lib := range vendoredLibraries {
		if rest, ok := strings.CutPrefix(name, lib); ok && versionOrExtension(rest) {
			return true
		}
	}
	return false
}

// vendoredLibraries are scripts and style sheets that people copy: name, then a version, a dot or a dash.
var vendoredLibraries = []string{"jquery", "bootstrap", "angular", "react", "vue", "d3", "modernizr", "prototype", "mootools", "dojo",
	"normalize", "foundation", "font-awesome", "fontawesome", "fontello", "html5shiv", "knockout", "leaflet", "ckeditor", "tiny_mce",
	"underscore", "backbone", "moment", "select2", "animate", "bulma", "raphael", "require", "yui", "cordova", "chart", "htmx", "alpine"}

// versionOrExtension tells what may follow a library's name: .js, -3.2.1.js, .ui.js, .v4.min.js.
func versionOrExtension(rest string) bool {
	switch rest {
	case ".js", ".css", ".scss", ".less", ".mjs":
		return true
	}
	if len(rest) < 2 {
		return false
	}
	return (rest[0] == '-' || rest[0] == '.') && (rest[1] >= '0' && rest[1] <= '9' || rest[1] == 'v' ||
		strings.Contains(rest, "min.") || strings.HasPrefix(rest[1:], "ui") || strings.HasPrefix(rest[1:], "bundle"))
}
