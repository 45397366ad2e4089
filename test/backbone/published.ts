import * as v1 from '../../src/backbone/efficientNet.ts';
import * as lite from '../../src/backbone/efficientNetLite.ts';
import * as v2 from '../../src/backbone/efficientNetV2.ts';
import { vgg16, vgg16BatchNorm } from '../../src/backbone/vgg.ts';

const lite3 = lite.efficientNetLite3;
const lite4 = lite.efficientNetLite4;

/**
 * With 1000 classes: parameters, those without head and last layer, batch-norm statistics, multiply-adds at a side of the
 * input; channels of C1 to C5.
 *
 * V1: torchvision, models/efficientnet.py, num_params; keras-hub, efficientnet_presets.py (all parameters and statistics);
 * automl/efficientdet, efficientnet_builder.py (maps). Lite, V2: the same sums over the tables of efficientnet_lite_builder.py
 * and effnetv2_configs.py; parameters as timm's models have them. VGG: torchvision, models/vgg.py, num_params.
 */
// biome-ignore format: a table
const table = [
  ['efficientNetB0', v1.efficientNetB0, 5_288_548, 3_595_388, 42_016, 385_814_752, 224, [16, 24, 40, 112, 320]],
  ['efficientNetB1', v1.efficientNetB1, 7_794_184, 6_101_024, 62_048, 686_802_832, 240, [16, 24, 40, 112, 320]],
  ['efficientNetB2', v1.efficientNetB2, 9_109_994, 7_202_562, 67_568, 993_561_872, 260, [16, 24, 48, 120, 352]],
  ['efficientNetB3', v1.efficientNetB3, 12_233_232, 10_103_336, 87_296, 1_827_141_392, 300, [24, 32, 48, 136, 384]],
  ['efficientNetB4', v1.efficientNetB4, 19_341_616, 16_742_216, 125_200, 4_393_771_024, 380, [24, 32, 56, 160, 448]],
  ['efficientNetB5', v1.efficientNetB5, 30_389_784, 27_288_112, 172_736, 10_266_384_752, 456, [24, 40, 64, 176, 512]],
  ['efficientNetB6', v1.efficientNetB6, 43_040_704, 39_403_992, 224_432, 19_067_593_536, 528, [32, 40, 72, 200, 576]],
  ['efficientNetB7', v1.efficientNetB7, 66_347_960, 62_143_440, 310_720, 37_745_884_192, 600, [32, 48, 80, 224, 640]],
  ['efficientNetB8', v1.efficientNetB8, 87_413_142, 82_608_046, 380_032, 62_597_461_568, 672, [32, 56, 88, 248, 704]],
  ['efficientNetL2', v1.efficientNetL2, 480_309_308, 467_219_796, 1_090_688, 475_703_653_280, 800, [72, 104, 176, 480, 1376]],
  ['efficientNetLite0', lite.efficientNetLite0, 4_652_008, 2_958_848, 42_016, 385_187_552, 224, [16, 24, 40, 112, 320]],
  ['efficientNetLite1', lite.efficientNetLite1, 5_416_680, 3_723_520, 53_664, 600_185_232, 240, [16, 24, 40, 112, 320]],
  ['efficientNetLite2', lite.efficientNetLite2, 6_092_072, 4_357_952, 58_096, 859_736_272, 260, [16, 24, 48, 120, 352]],
  ['efficientNetLite3', lite3, 8_197_096, 6_422_016, 76_672, 1_383_321_872, 280, [24, 32, 48, 136, 384]],
  ['efficientNetLite3', lite3, 8_197_096, 6_422_016, 76_672, 1_607_554_544, 300, [24, 32, 48, 136, 384]],
  ['efficientNetLite4', lite4, 13_006_568, 11_149_568, 112_368, 2_553_034_336, 300, [24, 32, 56, 160, 448]],
  ['efficientNetLite4', lite4, 13_006_568, 11_149_568, 112_368, 3_943_564_112, 380, [24, 32, 56, 160, 448]],
  ['efficientNetV2B0', v2.efficientNetV2B0, 7_139_704, 5_610_384, 60_608, 718_086_176, 224, [16, 32, 48, 112, 192]],
  ['efficientNetV2B1', v2.efficientNetV2B1, 8_141_052, 6_611_732, 71_072, 1_196_819_360, 240, [16, 32, 48, 112, 192]],
  ['efficientNetV2B2', v2.efficientNetV2B2, 10_096_086, 8_391_406, 82_288, 1_697_542_832, 260, [16, 32, 56, 120, 208]],
  ['efficientNetV2B3', v2.efficientNetV2B3, 14_358_406, 12_461_982, 109_216, 3_011_458_816, 300, [16, 40, 56, 136, 232]],
  ['efficientNetV2S', v2.efficientNetV2S, 21_458_488, 19_847_248, 153_872, 8_365_617_152, 384, [24, 48, 64, 160, 256]],
  ['efficientNetV2M', v2.efficientNetV2M, 54_139_356, 52_200_436, 292_032, 24_582_460_384, 480, [24, 48, 80, 176, 512]],
  ['efficientNetV2L', v2.efficientNetV2L, 118_515_272, 116_412_512, 512_576, 56_079_699_008, 480, [32, 64, 96, 224, 640]],
  ['efficientNetV2Xl', v2.efficientNetV2Xl, 208_119_808, 206_017_048, 777_024, 93_353_451_520, 512, [32, 64, 96, 256, 640]],
  ['vgg16', vgg16, 138_357_544, 14_714_688, 0, 15_470_264_320, 224, [64, 128, 256, 512, 512]],
  ['vgg16BatchNorm', vgg16BatchNorm, 138_365_992, 14_723_136, 8_448, 15_470_264_320, 224, [64, 128, 256, 512, 512]],
] as const;

export const published = table.map(([name, make, parameters, withoutHead, statistics, macs, side, channels]) => ({
  name,
  make,
  parameters,
  withoutHead,
  statistics,
  macs,
  side,
  channels,
}));
