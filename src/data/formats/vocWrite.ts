import type { Annotation } from '../../core/annotation.ts';
import type { SizedRecord } from './record.ts';
import { escapeXml } from './xml.ts';

/**
 * Writes an annotation of PASCAL VOC: corners are pixels from (1, 1), both inside; an ignored object is difficult. Corners
 * off the pixels' edges become decimals, which VOC has from 2011 on.
 */
export function writeVoc({ file, width, height, objects }: SizedRecord): string {
  const slash = file.lastIndexOf('/');
  const lines = [
    '<annotation>',
    `\t<folder>${escapeXml(slash < 0 ? 'JPEGImages' : file.slice(0, slash))}</folder>`,
    `\t<filename>${escapeXml(file.slice(slash + 1))}</filename>`,
    '\t<source>',
    '\t\t<database>Unknown</database>',
    '\t</source>',
    '\t<size>',
    `\t\t<width>${width}</width>`,
    `\t\t<height>${height}</height>`,
    '\t\t<depth>3</depth>',
    '\t</size>',
    '\t<segmented>0</segmented>',
    ...objects.flatMap(objectLines),
    '</annotation>',
  ];
  return `${lines.join('\n')}\n`;
}

function objectLines({ box, label, ignore, occlusion, tags = [] }: Annotation): readonly string[] {
  const [y1, x1, y2, x2] = box;
  const pose = tags.find((tag) => tag.startsWith('pose='))?.slice(5) ?? 'Unspecified';
  const occluded = occlusion === 'partial' || occlusion === 'heavy' || tags.includes('occluded');
  return [
    '\t<object>',
    `\t\t<name>${escapeXml(label)}</name>`,
    `\t\t<pose>${escapeXml(pose)}</pose>`,
    `\t\t<truncated>${tags.includes('truncated') ? 1 : 0}</truncated>`,
    `\t\t<occluded>${occluded ? 1 : 0}</occluded>`,
    '\t\t<bndbox>',
    `\t\t\t<xmin>${x1 + 1}</xmin>`,
    `\t\t\t<ymin>${y1 + 1}</ymin>`,
    `\t\t\t<xmax>${x2}</xmax>`,
    `\t\t\t<ymax>${y2}</ymax>`,
    '\t\t</bndbox>',
    `\t\t<difficult>${ignore === undefined ? 0 : 1}</difficult>`,
    '\t</object>',
  ];
}
