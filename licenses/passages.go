// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// The families that the passages name.
const (
	gpl1      = "GPL-1.0-only GPL-1.0-or-later "
	gpl2      = "GPL-2.0-only GPL-2.0-or-later "
	gpl3      = "GPL-3.0-only GPL-3.0-or-later "
	agpl3     = "AGPL-3.0-only AGPL-3.0-or-later "
	lgpl20    = "LGPL-2.0-only LGPL-2.0-or-later "
	lgpl21    = "LGPL-2.1-only LGPL-2.1-or-later "
	lgpl3     = "LGPL-3.0-only LGPL-3.0-or-later "
	secondary = gpl2 + gpl3 + agpl3 + lgpl21 + lgpl3
)

// passages are the words of licences about others. A test holds every quotation against the text of its licence.
var passages = []passage{
	{citation{"EUPL-1.2", "5", "this Distribution or Communication can be done under the terms of this Compatible Licence"}, KindAppendix, Yes,
		"EUPL-1.2", secondary + "OSL-2.1 OSL-3.0 EPL-1.0 CECILL-2.0 CECILL-2.1 MPL-2.0 EUPL-1.1 LiLiQ-R-1.1 LiLiQ-Rplus-1.1", nil},
	{citation{"EUPL-1.1", "5", "this Distribution and/or Communication can be done under the terms of this Compatible Licence"}, KindAppendix, Yes,
		"EUPL-1.1", gpl2 + "OSL-2.1 OSL-3.0 CPL-1.0 EPL-1.0 CECILL-2.0", nil},
	{citation{"EUPL-1.0", "5", "this Distribution and/or Communication can be done under the terms of this Compatible Licence"}, KindAppendix, Yes,
		"EUPL-1.0", gpl2 + "OSL-2.1 OSL-3.0 CPL-1.0 EPL-1.0 CECILL-2.0", nil},
	{citation{"EUPL-1.1", "5", "under the terms of this Licence or of a later version of this Licence"}, KindArticle, Yes, "EUPL-1.1", "EUPL-1.2", nil},
	{citation{"EUPL-1.0", "13", "The new version of the Licence becomes binding for You as soon as You become aware of its publication"},
		KindArticle, Yes, "EUPL-1.0", "EUPL-1.1 EUPL-1.2", nil},

	{citation{"CECILL-2.1", "5.3.4", "include the Modified or unmodified Software in a code that is subject to the provisions of one of the versions of the GNU GPL, GNU Affero GPL and/or EUPL"},
		KindArticle, Yes, "CECILL-2.1", gpl1 + gpl2 + gpl3 + agpl3 + "EUPL-1.0 EUPL-1.1 EUPL-1.2", nil},
	{citation{"CECILL-2.0", "5.3.4", "include the Modified or unmodified Software in a code that is subject to the provisions of one of the versions of the GNU GPL"},
		KindArticle, Yes, "CECILL-2.0", gpl1 + gpl2 + gpl3, nil},
	{citation{"CECILL-1.1", "5.3.4", "the Licensee is authorized to redistribute the whole under the GPL License"}, KindArticle, Yes,
		"CECILL-1.1", gpl1 + gpl2 + gpl3, nil},
	{citation{"CECILL-1.0", "5.3.4", "le Licencié est autorisé à redistribuer l’ensemble sous la licence GPL"}, KindArticle, Yes,
		"CECILL-1.0", gpl1 + gpl2 + gpl3, nil},
	{citation{"CECILL-2.0", "12.3", "under the same version of the Agreement or a subsequent version"}, KindArticle, Yes, "CECILL-2.0", "CECILL-2.1", nil},
	{citation{"CECILL-1.1", "12.3", "under the same version of the Agreement, or a subsequent version"}, KindArticle, Yes,
		"CECILL-1.1", "CECILL-2.0 CECILL-2.1", nil},
	{citation{"CECILL-1.0", "12.3", "sous la même version du Contrat ou une version postérieure"}, KindArticle, Yes,
		"CECILL-1.0", "CECILL-1.1 CECILL-2.0 CECILL-2.1", nil},
	{citation{"CECILL-B", "5.3.5", "A Modified Software may be distributed under the CeCILL-C license"}, KindArticle, Yes, "CECILL-B", "CECILL-C", nil},
	{citation{"CECILL-B", "5.3.5", "Where a Modified Software contains a Contribution subject to the CeCILL license"}, KindArticle, Yes,
		"CECILL-B", "CECILL-1.0 CECILL-1.1 CECILL-2.0 CECILL-2.1", nil},
	{citation{"CECILL-C", "5.3.4", "when a Derivative Software contains a Related Module subject to the CeCILL license agreement"}, KindArticle, Yes,
		"CECILL-C", "CECILL-1.0 CECILL-1.1 CECILL-2.0 CECILL-2.1", []Use{Link}},

	{citation{"LiLiQ-R-1.1", "4.2", "le concédant offre, en plus de la présente concession, une concession selon les termes de cette licence compatible"},
		KindArticle, Yes, "LiLiQ-R-1.1", gpl2 + gpl3 + lgpl21 + lgpl3 + "CDDL-1.0 CPL-1.0 CECILL-2.1 CECILL-C EPL-1.0 EUPL-1.1 LiLiQ-Rplus-1.1 MPL-2.0", nil},
	{citation{"LiLiQ-Rplus-1.1", "4.2", "le concédant offre, en plus de la présente concession, une concession selon les termes de cette licence compatible"},
		KindArticle, Yes, "LiLiQ-Rplus-1.1", gpl2 + gpl3 + "CPL-1.0 CECILL-2.1 EPL-1.0 EUPL-1.1", nil},

	{citation{"GPL-3.0-only", "13", "link or combine any covered work with a work licensed under version 3 of the GNU Affero General Public License into a single combined work"},
		KindArticle, Yes, gpl3, agpl3, nil},
	{citation{"AGPL-3.0-only", "13", "link or combine any covered work with a work licensed under version 3 of the GNU General Public License into a single combined work"},
		KindArticle, Yes, agpl3, gpl3, []Use{Link}},
	{citation{"GPL-2.0-only", "9", "of that version or of any later version published by the Free Software Foundation"}, KindArticle, Yes,
		"GPL-2.0-or-later", agpl3, nil}, // then GPL 3, 13
	{citation{"LGPL-2.1-only", "3", "apply the terms of the ordinary GNU General Public License instead of this License to a given copy of the Library"},
		KindArticle, Yes, lgpl21, gpl2 + gpl3 + agpl3, nil}, // AGPL by GPL 3, 13
	{citation{"LGPL-2.0-only", "3", "apply the terms of the ordinary GNU General Public License instead of this License to a given copy of the Library"},
		KindArticle, Yes, lgpl20, gpl2 + gpl3 + agpl3, nil},
	{citation{"LGPL-3.0-only", "2", "under the GNU GPL, with none of the additional permissions of this License applicable to that copy"},
		KindArticle, Yes, "LGPL-3.0-only", "GPL-3.0-only " + agpl3, nil},
	{citation{"LGPL-3.0-only", "2", "under the GNU GPL, with none of the additional permissions of this License applicable to that copy"},
		KindArticle, Yes, "LGPL-3.0-or-later", gpl3 + agpl3, nil},

	{citation{"MPL-2.0", "3.3", "You may create and distribute a Larger Work under terms of Your choice, provided that You also comply with the requirements of this License for the Covered Software"},
		KindArticle, Yes, "MPL-2.0", gpl2 + gpl3 + agpl3 + lgpl21 + lgpl3, nil},
	{citation{"CDDL-1.0", "4.2", "under the terms of any subsequent version of the License published by the license steward"}, KindArticle, Yes,
		"CDDL-1.0", "CDDL-1.1", nil},
	{citation{"EPL-2.0", "3.2", "the initial Contributor attached to the Source Code the notice described in Exhibit A of this Agreement"},
		KindArticle, CannotSay, "EPL-2.0", secondary + lgpl20 + gpl1, nil},
	{citation{"EUPL-1.2", "appendix", "Unported (CC BY-SA 3.0) for works other than software"}, KindAppendix, CannotSay, "EUPL-1.2", "CC-BY-SA-3.0", nil},
	{citation{"EUPL-1.2", "1", "This Licence does not define the extent of modification or dependence on the Original Work required in order to classify a work as a Derivative Work"},
		KindArticle, CannotSay, "EUPL-1.1 EUPL-1.2", "MIT BSD-2-Clause BSD-3-Clause Apache-2.0 ISC", []Use{Link}},

	{citation{"CC-BY-SA-4.0", "3(b)(1), creativecommons.org/compatiblelicenses", "or a BY-SA Compatible License"}, KindArticle, Yes,
		"CC-BY-SA-4.0", "GPL-3.0-only", nil},
	{citation{"CC-BY-SA-3.0", "4(b)", "a later version of this License with the same License Elements as this License"}, KindArticle, Yes,
		"CC-BY-SA-3.0", "CC-BY-SA-4.0", nil},
	{citation{"CC-BY-SA-2.0", "4(b)", "a later version of this License with the same License Elements as this License"}, KindArticle, Yes,
		"CC-BY-SA-2.0", "CC-BY-SA-2.5 CC-BY-SA-3.0 CC-BY-SA-4.0", nil},
	{citation{"CC-BY-SA-2.5", "4(b)", "a later version of this License with the same License Elements as this License"}, KindArticle, Yes,
		"CC-BY-SA-2.5", "CC-BY-SA-3.0 CC-BY-SA-4.0", nil},
	{citation{"CC-BY-4.0", "3(a)(4)", "the Adapter's License You apply must not prevent recipients of the Adapted Material from complying with this Public License"},
		KindArticle, Yes, "CC-BY-4.0", "CC-BY-SA-4.0", nil},
	{citation{"etalab-2.0", "« Compatibilité de la présente licence »", "La présente licence a été conçue pour être compatible avec toute licence libre qui exige au moins la mention de paternité"},
		KindArticle, Yes, "etalab-2.0", "CC-BY-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-3.0 CC-BY-4.0 ODC-By-1.0 OGL-UK-1.0 OGL-UK-2.0 OGL-UK-3.0", nil},
	{citation{"LLVM-exception", "", "you may retroactively and prospectively choose to deem waived or otherwise exclude such Section(s) of the License"},
		KindArticle, Yes, "Apache-2.0_WITH_LLVM-exception", gpl2, []Use{Link}},
}

// The words of licences that name a class of licences; see anyFree.
var (
	bundling       = citation{"OFL-1.1", "2", "may be bundled, redistributed and/or sold with any software"}
	sublicensing   = citation{"LiLiQ-P-1.1", "3", "Sous-licencier sous une autre licence libre, approuvée ou certifiée par la Free Software Foundation ou l'Open Source Initiative"}
	paternity      = citation{"etalab-2.0", "« Compatibilité de la présente licence »", "La présente licence a été conçue pour être compatible avec toute licence libre qui exige au moins la mention de paternité"}
	otherAgreement = citation{"CECILL-B", "5.3.2", "the resulting Modified Software may be distributed under a license agreement other than this Agreement"}
	adapter        = citation{"CC-BY-4.0", "3(a)(4)", "the Adapter's License You apply must not prevent recipients of the Adapted Material from complying with this Public License"}
)

// library is where a licence allows to link its code with works under other terms.
var library = []term{
	{citation{"LGPL-2.0-only", "6", "distribute that work under terms of your choice"}, lgpl20},
	{citation{"LGPL-2.1-only", "6", "distribute that work under terms of your choice"}, lgpl21},
	{citation{"LGPL-3.0-only", "4", "You may convey a Combined Work under terms of your choice"}, lgpl3},
	{citation{"MPL-2.0", "3.3", "You may create and distribute a Larger Work under terms of Your choice"}, "MPL-2.0 MPL-2.0-no-copyleft-exception"},
	{citation{"MPL-1.1", "3.7", "You may create a Larger Work by combining Covered Code with other code not governed by the terms of this License"}, "MPL-1.1"},
	{citation{"MPL-1.0", "3.7", "You may create a Larger Work by combining Covered Code with other code not governed by the terms of this License"}, "MPL-1.0"},
	{citation{"CDDL-1.0", "3.6", "You may create a Larger Work by combining Covered Software with other code not governed by the terms of this License"}, "CDDL-1.0"},
	{citation{"CDDL-1.1", "3.6", "You may create a Larger Work by combining Covered Software with other code not governed by the terms of this License"}, "CDDL-1.1"},
	{citation{"EPL-2.0", "1", "solely in each case in order to link to, bind by name, or subclass the Program"}, "EPL-2.0"},
	{citation{"MS-RL", "3(A)", "You may license other files that are entirely your own work and do not contain code from the software under any terms you choose"}, "MS-RL"},
	{citation{"CECILL-C", "5.3.3", "this Derivative Software may be distributed under a license agreement other than this Agreement"}, "CECILL-C"},
	{citation{"LiLiQ-R-1.1", "4.1", "Le licencié doit offrir une concession selon les termes de la présente licence pour tout logiciel modifié"}, "LiLiQ-R-1.1"},
	{citation{"Apache-2.0", "1", "Derivative Works shall not include works that remain separable from, or merely link (or bind by name) to the interfaces of, the Work"}, "Apache-2.0"},
	{citation{"ECL-2.0", "1", "Derivative Works shall not include works that remain separable from, or merely link (or bind by name) to the interfaces of, the Work"}, "ECL-2.0"},
}

// linking are the exceptions that allow to link the code with works under other terms.
var linking = []term{
	{citation{"Classpath-exception-2.0", "", "permission to link this library with independent modules to produce an executable, regardless of the license terms of these independent modules"}, "Classpath-exception-2.0"},
	{citation{"Fawkes-Runtime-exception", "", "permission to link this library with independent modules to produce an executable, regardless of the license terms of these independent modules"}, "Fawkes-Runtime-exception"},
	{citation{"Independent-modules-exception", "", "permission to link this library with independent modules to produce an executable, regardless of the license terms of these independent modules"}, "Independent-modules-exception"},
	{citation{"GCC-exception-2.0", "", "unlimited permission to link the compiled version of this file into combinations with other programs"}, "GCC-exception-2.0"},
	{citation{"GCC-exception-3.1", "1", "You may then convey such a combination under terms of your choice, consistent with the licensing of the Independent Modules"}, "GCC-exception-3.1"},
	{citation{"GNAT-exception", "", "this unit does not by itself cause the resulting executable to be covered by the GNU General Public License"}, "GNAT-exception"},
	{citation{"eCos-exception-2.0", "", "this file does not by itself cause the resulting work to be covered by the GNU General Public License"}, "eCos-exception-2.0"},
	{citation{"mif-exception", "", "this file does not by itself cause the resulting executable to be covered by the GNU General Public License"}, "mif-exception"},
	{citation{"gnu-javamail-exception", "", "this library does not by itself cause the resulting executable to be covered by the GNU General Public License"}, "gnu-javamail-exception"},
	{citation{"Bootloader-exception", "", "unlimited permission to link or embed compiled bootloader and related files into combinations with other programs"}, "Bootloader-exception"},
	{citation{"WxWindows-exception-3.1", "2", "you may use, copy, link, modify and distribute under your own terms, binary object code versions of works based on the Library"}, "WxWindows-exception-3.1"},
	{citation{"OCaml-LGPL-linking-exception", "", "distribute that executable file under terms of your choice, without any of the additional requirements listed in clause 6 of the GNU Lesser General Public License"}, "OCaml-LGPL-linking-exception"},
	{citation{"LGPL-3.0-linking-exception", "", "permission to convey to a third party a Combined Work that links statically or dynamically to this Library without providing any Minimal Corresponding Source"}, "LGPL-3.0-linking-exception"},
	{citation{"FLTK-exception", "", "Static linking of applications and widgets to the FLTK library does not constitute a derivative work"}, "FLTK-exception"},
	{citation{"Qwt-exception-1.0", "2", "Static linking of applications and widgets to the Qwt library does not constitute a derivative work"}, "Qwt-exception-1.0"},
}

// openSSL are the exceptions that let a project under a GNU licence be linked with OpenSSL.
var openSSL = []term{
	{citation{"cryptsetup-OpenSSL-exception", "", "permission to link the code of portions of this program with the OpenSSL library"}, "cryptsetup-OpenSSL-exception"},
	{citation{"openvpn-openssl-exception", "", "permission to link the code of this program with the OpenSSL Library"}, "openvpn-openssl-exception"},
	{citation{"x11vnc-openssl-exception", "", `with the OpenSSL project's "OpenSSL" library`}, "x11vnc-openssl-exception"},
	{citation{"vsftpd-openssl-exception", "", "permission for vsftpd to be linked to the OpenSSL libraries"}, "vsftpd-openssl-exception"},
	{citation{"sqlitestudio-OpenSSL-exception", "", "permission to link the code of portions of this program with the OpenSSL library"}, "sqlitestudio-OpenSSL-exception"},
	{citation{"stunnel-exception", "", "code included in the standard release of OpenSSL under the OpenSSL License"}, "stunnel-exception"},
}

// conveying is where a licence says that it asks for something only of what is handed on, so that running a service is free.
var conveying = []term{
	{citation{"GPL-1.0-only", "2(b)", "cause the whole of any work that you distribute or publish"}, gpl1},
	{citation{"GPL-2.0-only", "2(b)", "You must cause any work that you distribute or publish"}, gpl2},
	{citation{"GPL-3.0-only", "0", "Mere interaction with a user through a computer network, with no transfer of a copy, is not conveying"}, gpl3 + lgpl3},
	{citation{"LGPL-2.0-only", "0", "The act of running a program using the Library is not restricted"}, lgpl20},
	{citation{"LGPL-2.1-only", "0", "The act of running a program using the Library is not restricted"}, lgpl21},
	{citation{"MPL-2.0", "3.1", "All distribution of Covered Software in Source Code Form"}, "MPL-2.0 MPL-2.0-no-copyleft-exception"},
	{citation{"MPL-1.1", "3.2", "to anyone to whom you made an Executable version available"}, "MPL-1.1"},
	{citation{"EPL-2.0", "3.1", "If a Contributor Distributes the Program in any form"}, "EPL-2.0"},
	{citation{"EPL-1.0", "3", "A Contributor may choose to distribute the Program in object code form under its own license agreement"}, "EPL-1.0"},
	{citation{"CPL-1.0", "3", "A Contributor may choose to distribute the Program in object code form under its own license agreement"}, "CPL-1.0"},
	{citation{"Apache-2.0", "4", "You may reproduce and distribute copies of the Work or Derivative Works thereof in any medium"}, "Apache-2.0"},
	{citation{"LiLiQ-R-1.1", "2", "le fait de délivrer une copie du logiciel"}, "LiLiQ-R-1.1"},
	{citation{"LiLiQ-Rplus-1.1", "2", "le fait de délivrer une copie du logiciel"}, "LiLiQ-Rplus-1.1"},
}

// demand is where a licence wants to be that of the whole.
type demand struct {
	term
	linked  bool   // of what is linked with the code too
	lenient bool   // other reciprocal licences may do, so that only permissive ones are ruled out
	sparing string // the licences whose ids begin so are not ruled out
}

// reciprocity answers where the matrix does not know the project's licence.
var reciprocity = []demand{
	{term{citation{"GPL-1.0-only", "2(b)", "cause the whole of any work that you distribute or publish"}, gpl1}, true, false, ""},
	{term{citation{"GPL-2.0-only", "2(b)", "to be licensed as a whole at no charge to all third parties under the terms of this License"}, gpl2}, true, false, ""},
	{term{citation{"GPL-3.0-only", "5(c)", "You must license the entire work, as a whole, under this License"}, gpl3}, true, false, ""},
	{term{citation{"AGPL-3.0-only", "5(c)", "You must license the entire work, as a whole, under this License"}, agpl3}, true, false, ""},
	{term{citation{"SSPL-1.0", "5(c)", "You must license the entire work, as a whole, under this License"}, "SSPL-1.0"}, true, false, ""},
	{term{citation{"LGPL-2.0-only", "2(c)", "You must cause the whole of the work to be licensed at no charge to all third parties under the terms of this License"}, lgpl20}, false, false, ""},
	{term{citation{"LGPL-2.1-only", "2(c)", "You must cause the whole of the work to be licensed at no charge to all third parties under the terms of this License"}, lgpl21}, false, false, ""},
	{term{citation{"MPL-2.0", "3.1", "must be under the terms of this License"}, "MPL-2.0 MPL-2.0-no-copyleft-exception"}, false, false, ""},
	{term{citation{"EUPL-1.2", "5", "this Distribution or Communication will be done under the terms of this Licence"}, "EUPL-1.2"}, false, false, ""},
	{term{citation{"EUPL-1.1", "5", "this Distribution and/or Communication will be done under the terms of this Licence"}, "EUPL-1.1"}, false, false, ""},
	{term{citation{"EUPL-1.0", "5", "this Distribution and/or Communication will be done under the terms of this Licence"}, "EUPL-1.0"}, false, false, "EUPL-"},
	{term{citation{"CECILL-2.1", "5.3.2", "become subject to all the provisions of this Agreement"}, "CECILL-2.1"}, true, false, ""},
	{term{citation{"CECILL-2.0", "5.3.2", "become subject to all the provisions of this Agreement"}, "CECILL-2.0"}, true, false, "CECILL-2"},
	{term{citation{"CECILL-1.1", "5.3.2", "shall then be subject to all the provisions hereof"}, "CECILL-1.1"}, true, false, "CECILL-"},
	{term{citation{"CECILL-1.0", "5.3.2", "sont alors soumises à l’intégralité des dispositions du Contrat"}, "CECILL-1.0"}, true, false, "CECILL-"},
	{term{citation{"CECILL-C", "5.3.2", "become subject to all the provisions of this Agreement"}, "CECILL-C"}, false, false, "CECILL-"},
	{term{citation{"LiLiQ-R-1.1", "4.1", "Le licencié doit offrir une concession selon les termes de la présente licence pour tout logiciel modifié"}, "LiLiQ-R-1.1"}, false, true, ""},
	{term{citation{"LiLiQ-Rplus-1.1", "4.1", "Le licencié doit offrir une concession selon les termes de la présente licence pour tout logiciel modifié ou dérivé"}, "LiLiQ-Rplus-1.1"}, true, true, ""},
	{term{citation{"CC-BY-SA-4.0", "3(b)(1)", "The Adapter’s License You apply must be a Creative Commons license with the same License Elements, this version or later, or a BY-SA Compatible License"}, "CC-BY-SA-4.0"}, false, false, "GPL-3"},
}
