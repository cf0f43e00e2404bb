# SPDX-FileCopyrightText: 2026 The Communs authors
# SPDX-License-Identifier: EUPL-1.2
#
# Prints, for each Ruby file named on standard input, the definitions that Ruby's own parser sees:
#   {"path": …, "lang": "Ruby", "defs": [[kind, name, first line, last line], …]}
# Files that it refuses are left out. class << self is no definition.
require "json"

Tree = RubyVM::AbstractSyntaxTree

def path(node)
  return node.children[0].to_s if node.type == :CONST || node.type == :COLON3
  before, name = node.children
  before.is_a?(Tree::Node) && %i[CONST COLON2 COLON3].include?(before.type) ? "#{path(before)}::#{name}" : name.to_s
end

def walk(node, owner, defs)
  return unless node.is_a?(Tree::Node)
  case node.type
  when :CLASS, :MODULE
    defs << [node.type.to_s.downcase, path(node.children[0]), node.first_lineno, node.last_lineno]
    owner = true
  when :DEFN
    defs << [owner ? "method" : "function", node.children[0].to_s, node.first_lineno, node.last_lineno]
  when :DEFS
    defs << ["method", node.children[1].to_s, node.first_lineno, node.last_lineno]
  end
  node.children.each { |c| c.is_a?(Array) ? c.each { |d| walk(d, owner, defs) } : walk(c, owner, defs) }
end

$VERBOSE = nil
STDIN.each_line(chomp: true) do |file|
  source = File.binread(file).force_encoding("UTF-8")
  next unless source.valid_encoding?
  begin
    tree = Tree.parse(source)
  rescue SyntaxError, ArgumentError, EncodingError
    next
  end
  defs = []
  walk(tree, false, defs)
  puts JSON.generate({ path: file, lang: "Ruby", defs: defs })
end
