// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// isFrenchFiller reports whether a word may stand between an introduction and the name of a licence.
func isFrenchFiller(w string) bool {
	switch w {
	case "la", "le", "les", "l", "d", "de", "du", "des", "une", "un", "double", "triple", "license", "licenses", "termes", "terme", "conditions",
		"clauses", "dispositions", "contraintes", "et", "ou", "publique", "libre", "libres", "ouverte", "open", "source", "opensource", "logicielle",
		"logiciel", "logiciels", "permissive", "permissives", "suivante", "suivantes", "suivants", "gnu", "soit", "au", "aux", "choix", "votre",
		"choisie", "utilisateur", "utilisateurs", "cette", "ces", "dite", "francaise", "meme", "memes", "internationale", "bien", "selon", "suivant", "deux",
		"trois", "dont", "celles", "celle", "ceux", "dans", "s", "par", "sous", "1", "2", "3", "0", "ulterieure", "toute", "plus", "precisement", "notre",
		"leur", "leurs", "sa", "son", "texte", "appelee", "nommee", "domaine", "public":
		return true
	}
	return false
}

// isFrenchJoint reports whether a word may stand between two names that belong together.
func isFrenchJoint(w string) bool {
	switch w {
	case "http", "org", "com", "www", "fichier", "fichiers", "voir", "txt", "md", "html", "github", "ulterieure", "international", "file", "copying":
		return true
	}
	return isFrenchFiller(w)
}

// isFrenchRefusal reports whether a word anywhere before the introduction of a licence tells that the sentence states none: it tells
// of the past, of what might be, or of somebody else's work.
func isFrenchRefusal(w string) bool {
	switch w {
	case "etait", "etaient", "auparavant", "anciennement", "autrefois", "precedemment", "jadis", "fut", "furent", // the past
		"si", "peut", "peuvent", "pourrait", "pourraient", "pourra", "doit", "doivent", "devra", "devront", "devrait", "devraient", "souhaitez", "souhaite", "voulez",
		"faut", "faudra", "lorsque", "quand", "imaginons", "supposons", "annonce", "envisage", // what might be
		"incompatible", "incompatibles", "contrairement", "compatibles", "equivalent", "inspire", "inspiree", "inspires", "fondee", "utilise", "utilisent",
		"utilisant", "necessite", "depend", "dependances", "dependance", "beaucoup", "certains", "certaines", "nombreux", "nombreuses", "plupart", "autrui",
		"quelconque", "prerequis":
		return true
	}
	return false
}

// isNearRefusal reports whether a word shortly before the introduction denies the licence.
func isNearRefusal(w string) bool {
	switch w {
	case "pas", "non", "jamais", "ni", "aucun", "aucune", "compatible", "qui", "dont", "celui", "celle", "comme", "seraient", "serait", "sera", "deviendra", "bientot",
		"passer", "choisir", "choisissez", "mettre", "autoriser", "tiers", "tierce", "tierces":
		return true
	}
	return false
}

// isFrenchVersionFiller reports whether a word may stand between the name of a licence of GNU and its version, or between that and
// "or later".
func isFrenchVersionFiller(w string) bool {
	switch w {
	case "telle", "tel", "que", "qu", "elle", "est", "publiee", "publie", "publiees", "par", "la", "le", "l", "les", "de", "du", "d", "free", "software", "foundation",
		"fsf", "inc", "soit", "license", "licenses", "cette", "ce", "gnu", "ou", "encore", "bien", "votre", "ton", "choix", "gre", "convenance", "discretion", "option",
		"guise", "toute", "toutes", "une", "un", "autre", "n", "importe", "quelle", "quelconque", "general", "public", "lesser", "affero", "library", "gpl", "lgpl", "agpl",
		"as", "published", "by", "of", "et", "pour", "sa", "son", "dans", "sous", "diffusee", "editee", "fondation", "logiciel", "pour le", "documentation", "free documentation",
		"juin", "june", "1991", "2007", "1999", "fevrier", "29", "comme", "decrite", "gfdl", "fdl", "numero", "vos", "preference", "selon", "en", "au", "aux", "termes", "generale", "publique",
		"a", "either", "or", "at", "your", "any":
		return true
	}
	return false
}

// isFrenchLater reports whether a word says that later versions may be chosen too.
func isFrenchLater(w string) bool {
	switch w {
	case "ulterieure", "ulterieures", "posterieure", "posterieures", "superieure", "superieures", "suivante", "suivantes", "recente", "recentes", "later", "newer":
		return true
	}
	return false
}
