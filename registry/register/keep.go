// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"database/sql"

	"communs/registry"
)

// Keep drops what has outlived its time: drafts that nobody has changed for ninety days, words that are good for nothing. A card whose
// proof counts no more is declared again, and goes on saying when control was proven.
func (s *Service) Keep(ctx context.Context) error {
	now := s.Now()
	err := s.change(ctx, "drop old drafts", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM register_drafts WHERE changed <= ?`, now.Add(-draftLife).Unix()); err != nil {
			return err
		}
		// A word that was used is the proof; one that was not explains for a while why it is refused.
		_, err := tx.ExecContext(ctx, `DELETE FROM register_tokens WHERE used = 0 AND expires < ? OR used > 0 AND used < ?`,
			now.Add(-4*tokenLife).Unix(), now.AddDate(0, 0, -proofLife-30).Unix())
		return err
	})
	if err != nil {
		return err
	}
	today := s.today()
	_, err = registry.Revise(ctx, s.Records, registry.ImportOptions{Sure: true}, func(full *registry.Catalogue) (edits []registry.Edit, err error) {
		for _, one := range full.AllSoftware() {
			if one.Status != registry.Proven || one.Control == nil || one.Control.Until >= today {
				continue
			}
			card, err := registry.Copy(one)
			if err != nil {
				return nil, err
			}
			stamped, _ := full.Entry(registry.KindSoftware, one.ID)
			card.Status = registry.Declared
			edits = append(edits, registry.Edit{Entry: card, Base: stamped.Seq, Sure: true})
		}
		return edits, nil
	})
	return err
}
