// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

#include "textflag.h"

// func findPairs(s *byte, n, gap int, want1, want2, mask1, mask2 byte) int
//
// Sixteen places at once, with the instructions that every amd64 has (SSE2). n is 16 or more.
TEXT ·findPairs(SB), NOSPLIT, $0-40
	MOVQ s+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ gap+16(FP), DI
	ADDQ SI, DI

	// X0 and X1: what the two bytes must be; X2 and X3: the bits that do not matter, set before comparing.
	MOVBLZX   want1+24(FP), AX
	MOVD      AX, X0
	MOVBLZX   want2+25(FP), AX
	MOVD      AX, X1
	MOVBLZX   mask1+26(FP), AX
	MOVD      AX, X2
	MOVBLZX   mask2+27(FP), AX
	MOVD      AX, X3
	PUNPCKLBW X0, X0
	PUNPCKLBW X1, X1
	PUNPCKLBW X2, X2
	PUNPCKLBW X3, X3
	PSHUFLW   $0, X0, X0
	PSHUFLW   $0, X1, X1
	PSHUFLW   $0, X2, X2
	PSHUFLW   $0, X3, X3
	PSHUFD    $0, X0, X0
	PSHUFD    $0, X1, X1
	PSHUFD    $0, X2, X2
	PSHUFD    $0, X3, X3

	XORQ BX, BX
	SUBQ $16, CX // the last place from which sixteen can be looked at

	// Thirty-two places a turn while there are as many.
	MOVQ CX, R8
	SUBQ $16, R8
	CMPQ BX, R8
	JGT  single

double:
	MOVOU    (SI)(BX*1), X4
	MOVOU    (DI)(BX*1), X5
	MOVOU    16(SI)(BX*1), X6
	MOVOU    16(DI)(BX*1), X7
	POR      X2, X4
	POR      X3, X5
	POR      X2, X6
	POR      X3, X7
	PCMPEQB  X0, X4
	PCMPEQB  X1, X5
	PCMPEQB  X0, X6
	PCMPEQB  X1, X7
	PAND     X5, X4
	PAND     X7, X6
	PMOVMSKB X4, AX
	PMOVMSKB X6, DX
	SHLL     $16, DX
	ORL      DX, AX
	JNZ      found
	ADDQ     $32, BX
	CMPQ     BX, R8
	JLE      double

single:
	CMPQ BX, CX
	JLE  look
	LEAQ 16(CX), DX
	CMPQ BX, DX
	JGE  none
	MOVQ CX, BX // the last sixteen, of which some were looked at before

look:
	MOVOU    (SI)(BX*1), X4
	MOVOU    (DI)(BX*1), X5
	POR      X2, X4
	POR      X3, X5
	PCMPEQB  X0, X4
	PCMPEQB  X1, X5
	PAND     X5, X4
	PMOVMSKB X4, AX
	TESTL    AX, AX
	JNZ      found
	ADDQ     $16, BX
	JMP      single

found:
	BSFL AX, AX
	ADDQ BX, AX
	MOVQ AX, ret+32(FP)
	RET

none:
	MOVQ $-1, ret+32(FP)
	RET
