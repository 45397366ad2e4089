/** Small files of every format, made by hand after the descriptions and loaders that the readers name. */

export const kaistText = `% bbGt version=3
person 288 215 26 64 0 0 0 0 0 0 0
people 300.5 215 40 60 1 300 215 20 60 0 0
cyclist 100 200 30 60 2 0 0 0 0 0 0
person? 10 20 30 40 0 0 0 0 0 0 0
person-fa 1 1 10 10 0 0 0 0 0 0 0
`;
export const kaistSanitized = 'person 289 225 309 269\nignore 310 225 330 269\n';

const kaistHead = `<annotation>
  <folder>KAIST Multispectral Ped Benchmark</folder>
  <filename>set00/V000/I01217</filename>
  <source><database>KAIST pedestrian</database></source>
  <size><width>640</width><height>512</height><depth>4</depth></size>
  <segmented>0</segmented>
`;
export const kaistXmlSides = `${kaistHead}  <object>
    <name>person</name>
    <bndbox><x>191</x><y>213</y><w>20</w><h>43</h></bndbox>
    <pose>unknown</pose><truncated>0</truncated><difficult>0</difficult><occlusion>1</occlusion>
  </object>
  <object>
    <name>cyclist</name>
    <bndbox><x>207</x><y>215</y><w>21</w><h>44</h></bndbox>
    <pose>unknown</pose><truncated>0</truncated><difficult>1</difficult><occlusion>0</occlusion>
  </object>
</annotation>
`;
export const kaistXmlCorners = `${kaistHead}  <object>
    <name>person</name>
    <bndbox><xmin>191</xmin><ymin>213</ymin><xmax>210</xmax><ymax>255</ymax></bndbox>
    <occlusion>1</occlusion>
  </object>
</annotation>
`;
export const kaistJson = JSON.stringify({
  info: {},
  images: [
    { id: 0, im_name: 'set06/V000/I00019', height: 512, width: 640 },
    { id: 1, im_name: 'set06/V000/I00039', height: 512, width: 640 },
  ],
  annotations: [
    { id: 0, image_id: 0, category_id: 1, bbox: [505, 212, 20, 50], height: 50, occlusion: 0, ignore: 0 },
    { id: 1, image_id: 1, category_id: 1, bbox: [530, 226, 20, 50], height: 50, occlusion: 2, ignore: 1 },
  ],
  categories: [{ id: 1, name: 'person' }],
});

export const cityscapesJson = JSON.stringify({
  imgHeight: 1024,
  imgWidth: 2048,
  objects: [
    { instanceId: 24000, bbox: [947, 406, 17, 40], bboxVis: [950, 407, 14, 39], label: 'pedestrian' },
    { instanceId: 0, bbox: [10, 20, 30, 40], bboxVis: [10, 20, 30, 40], label: 'ignore' },
    { instanceId: 25000, bbox: [100, 400, 20, 50], bboxVis: [100, 400, 20, 50], label: 'rider' },
    { instanceId: 24001, bbox: [1, 402, 26, 81], bboxVis: [0, 0, 0, 0], label: 'person group' },
  ],
});

export const euroCityJson = JSON.stringify(
  {
    tags: [],
    imageheight: 1024,
    imagewidth: 1920,
    children: [
      {
        tags: ['occluded>10'],
        x0: 677.5,
        y0: 164,
        x1: 690,
        y1: 195,
        orient: -40.5,
        children: [],
        identity: 'pedestrian',
      },
      { tags: ['occluded>40', 'truncated>10'], x0: 10, y0: 20, x1: 30, y1: 60, children: [], identity: 'pedestrian' },
      { tags: ['sitting-lying'], x0: 10, y0: 20, x1: 30, y1: 60, children: [], identity: 'pedestrian' },
      {
        tags: [],
        x0: 100,
        y0: 20,
        x1: 130,
        y1: 60,
        identity: 'rider',
        children: [{ tags: [], x0: 95, y0: 40, x1: 140, y1: 70, identity: 'bicycle', orient: 12 }],
      },
      { tags: ['depiction'], x0: 951, y0: 547, x1: 960, y1: 576, children: [], identity: 'person-group-far-away' },
    ],
    identity: 'frame',
  },
  undefined,
  1,
);

const crowdHumanBoxes = [
  {
    tag: 'person',
    hbox: [123, 129, 63, 64],
    head_attr: { ignore: 0, occ: 1, unsure: 0 },
    fbox: [-61, 123, 191, 453],
    vbox: [62, 126, 154, 446],
    extra: { box_id: 0, occ: 1 },
  },
  {
    tag: 'person',
    hbox: [10, 20, 6, 7],
    head_attr: { ignore: 1 },
    fbox: [5, 18, 20, 50],
    vbox: [5, 18, 20, 50],
    extra: { box_id: 1, occ: 0 },
  },
  { tag: 'mask', hbox: [1, 2, 3, 4], head_attr: {}, fbox: [1, 2, 3, 4], vbox: [1, 2, 3, 4], extra: { ignore: 1 } },
];
export const odgt = `${JSON.stringify({ ID: '273271,c9db000d5146c15', gtboxes: crowdHumanBoxes })}\n${JSON.stringify({ ID: 'b', gtboxes: [] })}\n`;
export const odgtResults = JSON.stringify({
  ID: 'b',
  dtboxes: [{ box: [1.5, 2, 30, 40], score: 0.75, tag: 1 }],
});

export const widerPerson = '4\n1 10 20 30 60\n2 0 0 12 30\n4 50 50 90 90\n5 1 2 3 4\n';

/** INRIA counts from (0, 0), as its own files say. */
export const inriaText = `# PASCAL Annotation Version 1.00

Image filename : "Train/pos/crop_000010.png"
Image size (X x Y x C) : 594 x 720 x 3
Database : "The INRIA Rhone-Alpes Annotated Person Database"
Objects with ground truth : 2 { "PASperson" "PASperson" }

# Top left pixel co-ordinates : (0, 0)

# Details for object 1 ("PASperson")
# Center point -- not available in other PASCAL databases -- refers
# to person head center
Original label for object 1 "PASperson" : "UprightPerson"
Center point on object 1 "PASperson" (X, Y) : (341, 217)
Bounding box for object 1 "PASperson" (Xmin, Ymin) - (Xmax, Ymax) : (194, 127) - (413, 647)

# Details for object 2 ("PASperson")
Original label for object 2 "PASperson" : "UprightPerson"
Bounding box for object 2 "PASperson" (Xmin, Ymin) - (Xmax, Ymax) : (0, 0) - (594, 719)
`;

export const motTruth = `1,1,912,484,97,109,0,7,1
1,2,1338,418,167,379,1,1,0.7
2,2,1342,417,168,380,1,1,1
2,3,10.5,417,168,380,1,1,0.25
`;
export const motTruth15 = '1,1,100,200,30,60,1,-1,-1,-1\n';
export const motDetections = '1,-1,794.2,47.5,71.2,174.8,67.5,-1,-1,-1\n3,-1,164.1,19.6,66.5,163.2,29.4,-1,-1,-1\n';
export const motInfo = `[Sequence]
name=MOT17-02-DPM
imDir=img1
frameRate=30
seqLength=3
imWidth=1920
imHeight=1080
imExt=.jpg
`;

export const coco = JSON.stringify(
  {
    info: { year: 2017 },
    licenses: [],
    categories: [
      { supercategory: 'person', id: 1, name: 'person' },
      { supercategory: 'vehicle', id: 3, name: 'car' },
    ],
    images: [
      { license: 4, file_name: '000000397133.jpg', coco_url: 'x', height: 427, width: 640, id: 397133 },
      { file_name: 'train2017/b.jpg', height: 10, width: 20, id: 7 },
    ],
    annotations: [
      {
        segmentation: [[1, 2, 3, 4, 5, 6]],
        area: 120.5,
        iscrowd: 0,
        image_id: 397133,
        bbox: [217.62, 240.54, 38.99, 57.75],
        category_id: 1,
        id: 82445,
      },
      {
        segmentation: { counts: [1, 2], size: [427, 640] },
        area: 900,
        iscrowd: 1,
        image_id: 397133,
        bbox: [0, 0, 30, 40],
        category_id: 1,
        id: 900100397133,
      },
      {
        area: 100,
        iscrowd: 0,
        image_id: 7,
        bbox: [1, 2, 10, 10],
        category_id: 3,
        id: 1,
        ignore: 1,
        vis_bbox: [1, 2, 5, 5],
      },
    ],
  },
  undefined,
  1,
);
export const cocoResults = JSON.stringify([
  { image_id: 397133, category_id: 1, bbox: [258.15, 41.29, 348.26, 243.78], score: 0.236 },
  { image_id: 7, category_id: 3, bbox: [1, 2, 3, 4], score: 0.5 },
]);

export const voc = `<?xml version="1.0"?>
<annotation>
	<folder>VOC2007</folder>
	<filename>000001.jpg</filename>
	<source>
		<database>The VOC2007 Database</database>
	</source>
	<size>
		<width>353</width>
		<height>500</height>
		<depth>3</depth>
	</size>
	<segmented>0</segmented>
	<object>
		<name>dog</name>
		<pose>Left</pose>
		<truncated>1</truncated>
		<difficult>0</difficult>
		<bndbox>
			<xmin>48</xmin>
			<ymin>240</ymin>
			<xmax>195</xmax>
			<ymax>371</ymax>
		</bndbox>
	</object>
	<object>
		<name>person &amp; bag</name>
		<pose>Unspecified</pose>
		<truncated>0</truncated>
		<occluded>1</occluded>
		<difficult>1</difficult>
		<bndbox>
			<xmin>8.5</xmin>
			<ymin>12</ymin>
			<xmax>352</xmax>
			<ymax>498</ymax>
		</bndbox>
		<part>
			<name>head</name>
			<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>
		</part>
	</object>
</annotation>
`;

export const yolo = '0 0.5 0.5 0.25 0.5\n1 0.1 0.2 0.05 0.1\n0 0.1 0.1 0.3 0.1 0.2 0.4\n';
export const yoloPredictions = '0 0.5 0.5 0.25 0.5 0.875\n';
export const yoloYaml = `# a comment
path: coco8 # root
train: images/train
val: [images/val, "images/more, too"]
test:

nc: 3
names:
  0: person
  1: 'traffic light'
  2: "it's"

download: |
  from x import y
  z(0)
`;

export const folderJson = `{"format": "pyramidion-data",
"version": 1,
"splits": {"train":["a"],"val":["set00/b"]},
"images": [
{"id":"a","file":"images/a.png","width":640,"height":480,"objects":[{"box":[1,2,30.5,40],"label":"person","visible":[1,2,20,40],"occlusion":"partial","track":3,"tags":["x"],"area":12.5}]},
{"id":"set00/b","file":"images/set00_b.png","width":64,"height":48,"objects":[{"box":[0,0,10,10],"label":"people","ignore":"a crowd","crowd":true}]}
]}
`;
